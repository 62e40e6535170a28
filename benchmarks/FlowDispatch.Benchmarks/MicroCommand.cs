using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using FlowDispatch.Benchmarks.Dispatching;
using FlowDispatch.Benchmarks.Templating;

namespace FlowDispatch.Benchmarks;

/// <summary><c>micro</c>: every suite, one after the other.</summary>
internal static class MicroCommand
{
    public static int Run()
    {
        var summaries = BenchmarkSwitcher.FromTypes([typeof(VariableBenchmarks), typeof(MessageBenchmarks), typeof(ClaimBenchmarks)]).RunAll(DefaultConfig.Instance);
        return summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
