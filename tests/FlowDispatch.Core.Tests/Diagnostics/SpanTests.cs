using System.Collections.Concurrent;
using System.Diagnostics;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;

namespace FlowDispatch.Core.Tests.Diagnostics;

[Collection(ListeningAlone.Name)]
public sealed class SpanTests
{
    [Fact]
    public async Task A_run_is_traced_from_planning_over_dispatch_to_each_hand_over()
    {
        var (spans, execution) = await TracedAsync(3, (message, _) => Task.FromResult(RecordingSender.Accept(message)));

        var dispatch = Assert.Single(spans, s => s.OperationName == "flowdispatch.dispatch");
        var sends = spans.Where(s => s.OperationName == "flowdispatch.send").ToList();
        Assert.Single(spans, s => s.OperationName == "flowdispatch.plan");
        Assert.Equal(3, sends.Count);
        Assert.All(spans, s => Assert.Equal(execution.Id.ToString(), s.GetTagItem("flowdispatch.execution.id")));
        Assert.All(sends, s =>
        {
            Assert.Equal((ActivityKind.Client, "accepted", 1), (s.Kind, s.GetTagItem("flowdispatch.outcome"), s.GetTagItem("flowdispatch.attempt")));
            Assert.Equal(ActivityStatusCode.Unset, s.Status);
        });
    }

    [Fact]
    public async Task A_hand_over_is_a_trace_of_its_own_linked_to_its_run()
    {
        var (spans, _) = await TracedAsync(2, (message, _) => Task.FromResult(RecordingSender.Accept(message)));

        var dispatch = Assert.Single(spans, s => s.OperationName == "flowdispatch.dispatch");
        var sends = spans.Where(s => s.OperationName == "flowdispatch.send").ToList();
        Assert.Equal(3, sends.Select(s => s.TraceId).Append(dispatch.TraceId).Distinct().Count());
        Assert.All(sends, s =>
        {
            Assert.Equal(default, s.ParentSpanId);
            Assert.Equal(dispatch.Context, Assert.Single(s.Links).Context);
        });
    }

    [Fact]
    public async Task What_the_sender_does_is_traced_beneath_the_hand_over()
    {
        ActivityTraceId inside = default;
        var (spans, _) = await TracedAsync(1, (message, _) =>
        {
            inside = Activity.Current!.TraceId;
            return Task.FromResult(RecordingSender.Accept(message));
        });

        Assert.Equal(inside, Assert.Single(spans, s => s.OperationName == "flowdispatch.send").TraceId);
    }

    [Fact]
    public async Task A_refused_hand_over_is_in_error_with_its_code_and_a_broken_one_with_the_exceptions_type()
    {
        var calls = 0;
        var (spans, _) = await TracedAsync(2, (_, _) => Interlocked.Increment(ref calls) == 1
            ? Task.FromResult<SendResult>(new SendResult.Rejected("131026", "Not there"))
            : throw new InvalidOperationException("Broken."));

        var sends = spans.Where(s => s.OperationName == "flowdispatch.send").ToList();
        Assert.All(sends, s => Assert.Equal(ActivityStatusCode.Error, s.Status));
        Assert.Equal(
            [("in_doubt", "System.InvalidOperationException"), ("rejected", "131026")],
            sends.Select(s => ((string)s.GetTagItem("flowdispatch.outcome")!, (string)s.GetTagItem("error.type")!)).Order());
    }

    [Fact]
    public async Task No_span_has_a_number_a_name_or_a_text()
    {
        var (spans, _) = await TracedAsync(2, (message, _) => Task.FromResult(RecordingSender.Accept(message)));

        Assert.All(spans.SelectMany(s => s.TagObjects), tag =>
        {
            var value = tag.Value?.ToString() ?? "";
            Assert.DoesNotContain("55119", value, StringComparison.Ordinal);
            Assert.DoesNotContain("Person", value, StringComparison.Ordinal);
        });
    }

    private static async Task<(IReadOnlyList<Activity> Spans, Execution Execution)> TracedAsync(int people, Func<OutgoingMessage, CancellationToken, Task<SendResult>> answer)
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FlowDispatchTelemetry.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        Execution execution;
        await using (var host = new EngineHost())
        {
            await host.PeopleAsync(people);
            host.Sender.Answer = answer;
            await host.StartAsync(o => o.Node.InDoubtDeadline = TimeSpan.FromMinutes(3));
            execution = await host.BeginAsync(EngineHost.Settings());
            await host.UntilAsync(execution, ExecutionStatus.Completed);
            await host.PassAsync(TimeSpan.FromSeconds(1));
        }

        var id = execution.Id.ToString();
        return ([.. ended.Where(s => Equals(s.GetTagItem("flowdispatch.execution.id"), id))], execution);
    }
}
