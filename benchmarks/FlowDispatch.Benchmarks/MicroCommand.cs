using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FlowDispatch.Benchmarks.Dispatching;
using FlowDispatch.Benchmarks.Templating;
using Perfolizer.Horology;

namespace FlowDispatch.Benchmarks;

/// <summary><c>micro</c>: every suite, one after the other.</summary>
internal static class MicroCommand
{
    public static int Run()
    {
        // In this process: a program of its own for each benchmark would need the sources and a restore, and would run nowhere else.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithIterationTime(TimeInterval.FromMilliseconds(100))
                .WithMaxIterationCount(20)) // on a busy machine the default tries a hundred times for a precision it can't have
            .WithOptions(ConfigOptions.JoinSummary);
        var summaries = BenchmarkSwitcher
            .FromTypes([typeof(VariableBenchmarks), typeof(MessageBenchmarks), typeof(ClaimBenchmarks)])
            .RunAllJoined(config);
        return !summaries.HasCriticalValidationErrors && summaries.Reports.All(r => r.Success) ? 0 : 1;
    }
}
