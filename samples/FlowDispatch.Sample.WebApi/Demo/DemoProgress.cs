using System.Globalization;
using System.Text.Json;

namespace FlowDispatch.Sample.Demo;

/// <summary>Prints how an execution gets on, and at the end its funnel.</summary>
internal sealed class DemoProgress(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Follows the execution until it has ended and its last receipts have come in.</summary>
    public async Task FollowAsync(string id, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var before = 0;
        var shown = -1;
        JsonElement execution;
        while (true)
        {
            execution = await http.GetFromJsonAsync<JsonElement>($"executions/{id}", cancellationToken);
            var sent = Number(execution, "messages_sent");
            var total = Number(execution, "total_recipients");
            var rate = (sent - before) / Interval.TotalSeconds;
            before = sent;
            if (sent != shown)
            {
                shown = sent;
                Print(execution, sent, total, rate);
            }

            if (execution.GetProperty("status").GetString() is not ("queued" or "running"))
            {
                break;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        Console.WriteLine();
        Console.WriteLine(Line($"Execution {id} is {execution.GetProperty("status").GetString()} after {time.GetElapsedTime(startedAt).TotalSeconds:0.0} s."));
        await PrintFunnelAsync(id, await LastReceiptsAsync(id, execution, cancellationToken), cancellationToken);
    }

    private static void Print(JsonElement execution, int sent, int total, double rate)
    {
        var left = rate > 0 ? TimeSpan.FromSeconds((total - sent) / rate).ToString(@"m\:ss", CultureInfo.InvariantCulture) : "–";
        var bar = new string('#', total == 0 ? 0 : 30 * sent / total).PadRight(30, '.');
        Console.WriteLine(Line($"[{bar}] {sent}/{total} sent · {rate:0}/s · {left} left · delivered {Number(execution, "messages_delivered")} · read {Number(execution, "messages_read")} · in doubt {Number(execution, "recipients_in_doubt")}"));
    }

    // People read later than they are sent to; a few quiet seconds are enough to show it.
    private async Task<JsonElement> LastReceiptsAsync(string id, JsonElement execution, CancellationToken cancellationToken)
    {
        for (var quiet = 0; quiet < 4;)
        {
            await Task.Delay(Interval, time, cancellationToken);
            var now = await http.GetFromJsonAsync<JsonElement>($"executions/{id}", cancellationToken);
            quiet = Number(now, "messages_read") == Number(execution, "messages_read") && Number(now, "messages_delivered") == Number(execution, "messages_delivered") ? quiet + 1 : 0;
            execution = now;
        }

        return execution;
    }

    private async Task PrintFunnelAsync(string id, JsonElement execution, CancellationToken cancellationToken)
    {
        var total = Math.Max(1, Number(execution, "total_recipients"));
        foreach (var (label, field) in new[]
        {
            ("planned", "total_recipients"), ("sent", "messages_sent"), ("delivered", "messages_delivered"), ("read", "messages_read"),
            ("replied", "messages_replied"), ("failed", "messages_failed"), ("skipped", "recipients_skipped"), ("in doubt", "recipients_in_doubt"),
        })
        {
            var value = Number(execution, field);
            Console.WriteLine(Line($"  {label,-10} {value,6}  {100.0 * value / total,5:0.0} %  {new string('#', 40 * value / total)}"));
        }

        var verify = await http.GetFromJsonAsync<JsonElement>($"executions/{id}/verify", cancellationToken);
        Console.WriteLine(Line($"  counters agree with every row: {(verify.GetProperty("consistent").ValueKind == JsonValueKind.True ? "yes" : "no")}"));
    }

    private static int Number(JsonElement execution, string field) => execution.GetProperty(field).GetInt32();

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
