using System.Text.Json.Nodes;
using FlowDispatch.Audiences;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Sending;
using FlowDispatch.Variables;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary>A preview as users see it.</summary>
internal sealed record PreviewAnswer(
    PreviewAnswer.AudienceSize Audience,
    IReadOnlyList<PreviewAnswer.Person> Recipients,
    IReadOnlyList<MissingCount> MissingVariables,
    IReadOnlyList<PreviewedSource> VariableSources,
    IReadOnlyList<PreviewErrorCount> TemplateErrors,
    IReadOnlyList<LanguageCount> Languages,
    PreviewAnswer.WorstPeople Worst,
    PreviewAnswer.Outlook Forecast)
{
    public static PreviewAnswer Of(ExecutionPreview preview) => new(
        new(preview.Total, preview.Eligible, preview.Skipped, preview.Failed),
        [.. preview.Recipients.Select(Person.Of)],
        preview.Missing,
        preview.Sources,
        preview.Errors,
        preview.Languages,
        WorstPeople.Of(preview.Worst),
        new(
            preview.Forecast.Messages,
            preview.Spacing == TimeSpan.Zero ? null : Math.Floor(TimeSpan.FromHours(1) / preview.Spacing),
            preview.Forecast.FirstMessageAt,
            preview.Forecast.FinishesAt,
            preview.Forecast.Expired,
            preview.Forecast.Hours,
            preview.Forecast.HoursTruncated));

    internal sealed record AudienceSize(int Total, int Eligible, IReadOnlyList<ErrorCount> Skipped, IReadOnlyList<ErrorCount> Failed);

    /// <summary>Those whom an operator should look at first.</summary>
    internal sealed record WorstPeople(IReadOnlyList<Row> Longest, Group Empty, Group OddTexts)
    {
        public static WorstPeople Of(WorstRows rows) => new(
            [.. rows.Longest.Select(Row.Of)],
            new(rows.EmptyCount, [.. rows.Empty.Select(Row.Of)]),
            new(rows.OddCount, [.. rows.OddTexts.Select(Row.Of)]));
    }

    internal sealed record Group(int Count, IReadOnlyList<Row> Rows);

    internal sealed record Row(
        Guid? ContactId,
        string? PhoneNumber,
        string? ContactName,
        string? Node,
        IReadOnlyList<string> Variables,
        string? Text,
        int Characters,
        IReadOnlyList<string> Signs)
    {
        public static Row Of(WorstRow row)
        {
            var person = Person.Of(new(row.Recipient, [], []));
            return new(person.ContactId, person.PhoneNumber, person.ContactName, row.Node, row.Variables, row.Text, row.Characters, row.Signs);
        }
    }

    internal sealed record Outlook(
        long Messages,
        double? MessagesPerHour,
        DateTimeOffset? FirstMessageAt,
        DateTimeOffset? EstimatedCompletionTime,
        long Expired,
        IReadOnlyList<ForecastHour> Hours,
        bool HoursTruncated);

    internal sealed record Message(string? Node, string Type, string? Text, JsonObject? Template)
    {
        public static Message Of(PreviewedMessage message) => message.Content switch
        {
            MessageContent.Text text => new(message.Node, "text", text.Body, null),
            MessageContent.Template template => new(message.Node, "template", null, Write(template)),
            _ => throw new ArgumentOutOfRangeException(nameof(message), message, "A message is a text or a template."),
        };

        private static JsonObject Write(MessageContent.Template template) => new()
        {
            ["name"] = template.Name,
            ["language"] = template.Language,
            ["parameters"] = template.Parameters.Any(p => p.Name is not null)
                ? new JsonObject(template.Parameters.Select(p => KeyValuePair.Create(p.Name!, (JsonNode?)p.Value)))
                : new JsonArray([.. template.Parameters.Select(p => (JsonNode?)p.Value)]),
        };
    }

    internal sealed record Person(
        Guid? ContactId,
        string? PhoneNumber,
        string? ContactName,
        RecipientStatus Status,
        string? ErrorCode,
        string? ErrorMessage,
        IReadOnlyDictionary<string, string> Variables,
        IReadOnlyList<Message> Messages,
        IReadOnlyList<PreviewError> Errors)
    {
        public static Person Of(PreviewedRecipient shown)
        {
            var recipient = shown.Recipient;
            return new(
                RecipientPlanner.IsUnknown(recipient.ContactId) ? null : recipient.ContactId.Value,
                recipient.PhoneNumber.Length == 0 ? null : recipient.PhoneNumber,
                recipient.ContactName,
                recipient.Status,
                recipient.ErrorCode,
                recipient.ErrorMessage,
                recipient.Variables,
                [.. shown.Messages.Select(Message.Of)],
                shown.Errors);
        }
    }
}
