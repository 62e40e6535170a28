using System.Collections.Frozen;

namespace FlowDispatch.Templating.Liquid;

/// <summary>All the filters there are.</summary>
internal static class LiquidFilters
{
    public static FrozenDictionary<string, LiquidFilter> ByName { get; } =
        new[] { TextFilters.All, EncodingFilters.All, NumberFilters.All, ListFilters.All, DateFilters.All }
            .SelectMany(filters => filters)
            .ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
}
