using System.Globalization;
using System.Text;
using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>Streams every recipient in bounded memory. If the store fails on the way the connection is cut, so that half a list never looks like a whole one.</summary>
internal sealed class RecipientExport(Execution execution, IAsyncEnumerable<Recipient> rows, RecipientOutlook outlook, ExportFormat format) : IResult
{
    private const int Chunk = 64 * 1024;

    private static readonly (string Name, Func<Recipient, string?> Value)[] Columns =
    [
        ("id", r => r.Id.ToString()),
        ("contact_id", r => r.ContactId.ToString()),
        ("phone_number", r => r.PhoneNumber),
        ("contact_name", r => r.ContactName),
        ("status", r => JsonText.Word(r.Status)),
        ("attempts", r => r.Attempts.ToString(CultureInfo.InvariantCulture)),
        ("next_attempt_at", r => Instant(r.NextAttemptAt)),
        ("waiting_reason", r => r.WaitingReason),
        ("flow_completed", r => r.FlowCompleted ? "true" : "false"),
        ("flow_current_node", r => r.FlowCurrentNode),
        ("flow_outcome", r => r.FlowOutcome),
        ("error_code", r => r.ErrorCode),
        ("error_message", r => r.ErrorMessage),
        ("provider_message_id", r => r.ProviderMessageId),
        ("created_at", r => Instant(r.CreatedAt)),
        ("sent_at", r => Instant(r.SentAt)),
        ("delivered_at", r => Instant(r.DeliveredAt)),
        ("read_at", r => Instant(r.ReadAt)),
        ("replied_at", r => Instant(r.RepliedAt)),
        ("completed_at", r => Instant(r.CompletedAt)),
        ("failed_at", r => Instant(r.FailedAt)),
    ];

    private readonly IReadOnlyList<string> _variables = [.. execution.Snapshot.Settings.VariableMapping.Keys];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var cancellationToken = httpContext.RequestAborted;
        response.ContentType = format == ExportFormat.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"execution-{execution.Id}.{JsonText.Word(format)}\"";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        var text = new StringBuilder(format == ExportFormat.Csv ? Line([.. Columns.Select(c => c.Name), .. _variables.Select(v => $"variables.{v}")]) : "");
        await foreach (var stored in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var row = outlook.Show(stored);
            text.Append(format == ExportFormat.Csv ? Line(Values(row)) : ApiJson.Serialize(RecipientAnswer.Of(row)) + "\n");
            if (text.Length >= Chunk)
            {
                await WriteAsync().ConfigureAwait(false);
            }
        }

        await WriteAsync().ConfigureAwait(false);

        async Task WriteAsync()
        {
            await response.WriteAsync(text.ToString(), cancellationToken).ConfigureAwait(false);
            text.Clear();
        }
    }

    private static string Line(IEnumerable<string?> values) => string.Join(',', values.Select(Cell)) + "\r\n";

    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        // A spreadsheet would run what begins like a formula, in full-width letters too; the apostrophe makes it plain text.
        var harmless = value[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' or '\t' or '\r' or '\n' ? "'" + value : value;
        return harmless.AsSpan().ContainsAny(",\"\r\n") ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }

    private static string? Instant(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private IEnumerable<string?> Values(Recipient row) =>
        Columns.Select(c => c.Value(row)).Concat(_variables.Select(v => row.Variables.GetValueOrDefault(v)));
}
