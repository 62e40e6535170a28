using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>A role of the store whose every call is counted and otherwise passed on.</summary>
[SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "DispatchProxy derives from it at run time.")]
internal class CountedRole<TRole> : DispatchProxy
    where TRole : class
{
    private TRole? _role;
    private StoreMeter? _meter;

    public static TRole Over(TRole role, StoreMeter meter)
    {
        var counted = Create<TRole, CountedRole<TRole>>();
        var proxy = (CountedRole<TRole>)(object)counted;
        (proxy._role, proxy._meter) = (role, meter);
        return counted;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _meter!.Call();
        return targetMethod!.Invoke(_role, BindingFlags.DoNotWrapExceptions, null, args, null);
    }
}
