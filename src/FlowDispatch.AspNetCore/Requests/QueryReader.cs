using System.Globalization;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Reads query parameters strictly; like fields of a body, unknown ones are refused by name.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private const int MostPages = 4_000_000;

    private readonly List<string> _known = [];

    public FieldErrors Errors { get; } = new();

    /// <summary>The parameter as written; null where it is left out.</summary>
    public string? Text(string name, int most = 1_000)
    {
        _known.Add(name);
        if (!query.TryGetValue(name, out var values) || values.Count == 0)
        {
            return null;
        }

        if (values.Count > 1)
        {
            Errors.Add(name, "is given twice.");
        }

        var text = values[0] ?? "";
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            Errors.Add(name, "contains the character NUL.");
            return null;
        }

        if (text.Length > most)
        {
            Errors.Add(name, $"has more than {most.ToString("N0", CultureInfo.InvariantCulture)} characters.");
        }

        return text;
    }

    /// <summary>The parameter; null where it is left out or empty.</summary>
    public string? Filter(string name) => Text(name) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number in a range.</summary>
    public int WholeNumber(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Errors.Add(name, $"must be a whole number from {least.ToString("N0", CultureInfo.InvariantCulture)} to {most.ToString("N0", CultureInfo.InvariantCulture)}.");
        return otherwise;
    }

    /// <summary>One of an enumeration's words; null where it is left out or empty.</summary>
    public T? Word<T>(string name, params ReadOnlySpan<T> allowed)
        where T : struct, Enum
    {
        if (Filter(name) is not { } text)
        {
            return null;
        }

        var words = allowed.Length == 0 ? Enum.GetValues<T>() : allowed.ToArray();
        if (JsonText.TryWord<T>(text, out var word) && words.Contains(word))
        {
            return word;
        }

        Errors.Add(name, $"must be one of {string.Join(", ", words.Select(JsonText.Word))}.");
        return null;
    }

    /// <summary><c>page</c> and <c>page_size</c>.</summary>
    public PageQuery Page() => new(new PageRequest(PageSize(), WholeNumber("page", 1, 1, MostPages)), ByCursor: false);

    /// <summary><c>page</c> and <c>page_size</c>, or <c>cursor</c> and <c>page_size</c>.</summary>
    /// <param name="isCursor">Whether a text can be a cursor of this listing.</param>
    public PageQuery PageOrCursor(Func<string, bool> isCursor)
    {
        var cursor = Text("cursor");
        if (cursor is null)
        {
            return Page();
        }

        if (Text("page") is not null)
        {
            Errors.Add("page", "and cursor exclude each other.");
        }

        if (cursor.Length > 0 && !isCursor(cursor))
        {
            Errors.Add("cursor", "is none that this listing gave.");
        }

        return new(new PageRequest(PageSize(), 1, cursor.Length == 0 ? null : cursor), ByCursor: true);
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidFieldsException">A parameter is bad or unknown.</exception>
    public void Done()
    {
        foreach (var name in query.Keys.Where(n => !_known.Contains(n, StringComparer.OrdinalIgnoreCase)))
        {
            var near = NearestName.Of(name, _known);
            Errors.Add(name, near is null ? "is unknown here." : $"is unknown; did you mean {near}?");
        }

        Errors.ThrowIfAny();
    }

    private int PageSize() => WholeNumber("page_size", 100, 1, 500);
}
