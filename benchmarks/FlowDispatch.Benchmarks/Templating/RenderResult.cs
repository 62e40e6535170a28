namespace FlowDispatch.Benchmarks.Templating;

/// <summary>What <c>variables</c> prints for a workload: the cost of resolving its mapping for one person on one thread.</summary>
internal sealed record RenderResult(string Workload, double NsPerRender, double BytesPerRender)
{
    public static RenderResult Of(string workload, TimeSpan time, long bytes, long renders) =>
        new(workload, Math.Round(time.TotalNanoseconds / renders, 1), Math.Round((double)bytes / renders, 1));
}
