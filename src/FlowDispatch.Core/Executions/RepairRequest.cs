using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Executions;

/// <summary>Whom of an ended execution a repair goes to; all given conditions hold.</summary>
public sealed record RepairRequest
{
    /// <summary>Most error codes.</summary>
    public const int MaxErrorCodes = 100;

    /// <summary>Longest error code and longest text looked for, in characters.</summary>
    public const int MaxText = 1_000;

    /// <summary>The statuses that can be repaired.</summary>
    public static IReadOnlyList<RecipientStatus> Repairable { get; } =
        [RecipientStatus.Failed, RecipientStatus.Skipped, RecipientStatus.Cancelled, RecipientStatus.InDoubt];

    /// <summary>
    /// One of these, at least one. Default failed, skipped and cancelled. Who is in doubt may have the message already and
    /// may get it twice; so they are taken only where <see cref="RecipientStatus.InDoubt"/> is named.
    /// </summary>
    public IReadOnlyList<RecipientStatus> Statuses { get; init; } = [RecipientStatus.Failed, RecipientStatus.Skipped, RecipientStatus.Cancelled];

    /// <summary>Exactly one of these codes, 1 to 100 of them with 1 to 1,000 characters each; null (default) for any and for none.</summary>
    public IReadOnlyList<string>? ErrorCodes { get; init; }

    /// <summary>Found, case ignored, in number or name, 1 to 1,000 characters; null (default) for everybody.</summary>
    public string? Query { get; init; }

    /// <summary>The same as stores read it.</summary>
    internal RecipientFilter Filter => new(Statuses, null, ErrorCodes, Query);

    /// <summary>Adds what is wrong by the field's name, as the HTTP API calls it.</summary>
    /// <param name="errors">Where errors go.</param>
    public void Check(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Statuses is not { Count: > 0 })
        {
            errors.Add("statuses", "must name at least one status; leave it out for failed, skipped and cancelled.");
        }
        else
        {
            foreach (var status in Statuses.Where(s => !Repairable.Contains(s)))
            {
                errors.Add("statuses", Refusal(JsonText.Word(status)));
            }
        }

        if (ErrorCodes is { Count: 0 or > MaxErrorCodes })
        {
            errors.Add("error_codes", $"has {ErrorCodes.Count} codes; name from 1 to {MaxErrorCodes}, or leave it out for any.");
        }
        else if (ErrorCodes?.Any(c => c is not { Length: > 0 and <= MaxText }) is true)
        {
            errors.Add("error_codes", "must name codes of 1 to 1,000 characters, as the execution's errors name them.");
        }

        if (Query is { Length: 0 or > MaxText })
        {
            errors.Add("query", $"has {Query.Length} characters; it must have from 1 to 1,000, or be left out for everybody.");
        }
    }

    /// <summary>Why a status can't be repaired, with what can.</summary>
    /// <param name="status">The status as users see it.</param>
    public static string Refusal(string status) =>
        $"\"{(status?.Length > 60 ? status[..60] + "…" : status)}\" can't be repaired; name any of {string.Join(", ", Repairable.Select(JsonText.Word))}.";
}
