using FlowDispatch.Contacts;

namespace FlowDispatch.Uploads;

/// <summary>A row of an uploaded text that has any value: either <see cref="Number"/> or <see cref="Reason"/> is given.</summary>
public sealed record ContactRow
{
    /// <summary>The line on which the row begins, from 1, which is the header's; line breaks within quotes count. In a list, the number's position.</summary>
    public required int Line { get; init; }

    /// <summary>The number as written, without surrounding spaces; shortened to 100 characters when it is refused.</summary>
    public required string PhoneText { get; init; }

    /// <summary>The number as E.164 digits; null when the row is invalid.</summary>
    public string? Number { get; init; }

    /// <summary>Why the row is invalid, as a sentence with the repair; null when it is not.</summary>
    public string? Reason { get; init; }

    /// <summary>The person's name; null where there is none.</summary>
    public string? Name { get; init; }

    /// <summary>The e-mail address; null where there is none.</summary>
    public string? Email { get; init; }

    /// <summary>The language; null where there is none.</summary>
    public string? Language { get; init; }

    /// <summary>Every column's text exactly as written, under its header; columns that a short row lacks are absent. Empty for invalid rows and for lists.</summary>
    public IReadOnlyDictionary<string, object?> Values { get; init; } = FieldValues.None;
}
