using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;

namespace FlowDispatch.Uploads;

/// <summary>Reads people from CSV, a row at a time.</summary>
internal sealed class CsvContacts(CsvRows rows, ContactColumns columns, PhoneNumberNormalizer numbers)
{
    private readonly string[] _values = new string[columns.Names.Length];

    /// <summary>Reads up to the header.</summary>
    /// <exception cref="ContactFileException">There is no header that can be read.</exception>
    public static async Task<ContactFile> OpenAsync(TextReader text, ContactFileOptions options, PhoneNumberNormalizer numbers, CancellationToken cancellationToken)
    {
        var csv = new CsvText(text);
        var firstLine = await csv.PeekLineAsync(cancellationToken).ConfigureAwait(false);
        var declared = CsvSeparator.Declared(firstLine);
        var rows = new CsvRows(csv, declared ?? CsvSeparator.Detect(firstLine));
        try
        {
            await SkipBlankRowsAsync(rows, cancellationToken).ConfigureAwait(false);
            if (declared is not null)
            {
                await SkipBlankRowsAsync(rows, cancellationToken).ConfigureAwait(false);
            }

            var columns = ContactColumns.Read(rows, options.PhoneColumn);
            return new(columns.Names, columns.Names[columns.Phone], new CsvContacts(rows, columns, numbers).ReadAsync);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private async IAsyncEnumerable<ContactRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (rows)
        {
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (ReadRow() is { } row)
                {
                    yield return row;
                }
            }
        }
    }

    private static async Task SkipBlankRowsAsync(CsvRows rows, CancellationToken cancellationToken)
    {
        do
        {
            if (!await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new ContactFileException("The file has no header; its first row must name the columns, one of them phone.");
            }
        }
        while (rows.Count == 1 && string.IsNullOrWhiteSpace(rows.Value(0).Trim('\uFEFF')));
    }

    private ContactRow? ReadRow()
    {
        var count = Math.Min(rows.Count, columns.Names.Length);
        var hasValue = false;
        string? problem = null;
        for (var i = 0; i < count; i++)
        {
            var value = _values[i] = rows.Value(i);
            hasValue |= !string.IsNullOrWhiteSpace(value);
            problem ??= Check(i, value);
        }

        for (var i = count; i < rows.Count && problem is null; i++)
        {
            if (!string.IsNullOrWhiteSpace(rows.Value(i)))
            {
                hasValue = true;
                problem = $"The row has {rows.Count:N0} values, but the header names {columns.Names.Length}; put quotes around a value that holds the separator.";
            }
        }

        if (!hasValue && problem is null)
        {
            return null;
        }

        var phone = columns.Phone < count ? _values[columns.Phone].Trim() : "";
        if (problem is not null)
        {
            return Refuse(phone, problem);
        }

        return numbers.Normalize(phone) switch
        {
            PhoneNumberResult.Accepted accepted => new()
            {
                Line = rows.Line,
                PhoneText = phone,
                Number = accepted.Digits,
                Name = Optional(columns.Name, count),
                Email = Optional(columns.Email, count),
                Language = Optional(columns.Language, count),
                Values = Values(count),
            },
            PhoneNumberResult.Refused refused => Refuse(phone, refused.Reason),
            var other => throw new InvalidOperationException($"The normalizer answered {other}."),
        };
    }

    private string? Check(int column, string value)
    {
        if (rows.IsMalformed(column))
        {
            var swallowed = rows.LastLine > rows.Line ? $", so that the row was read on to line {rows.LastLine}" : "";
            return $"A quote in column '{columns.Names[column]}' is not closed, or text follows its closing quote{swallowed}; write \"\" for a quote within a quoted value.";
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            return $"Column '{columns.Names[column]}' holds a zero byte, which is no text; remove it.";
        }

        var longest = column == columns.Name ? ContactFileLimits.NameLength
            : column == columns.Email ? ContactFileLimits.EmailLength
            : column == columns.Language ? ContactFileLimits.LanguageLength
            : ContactFileLimits.ValueLength;
        return value.Length > longest ? $"Column '{columns.Names[column]}' has {value.Length:N0} characters; at most {longest:N0} are taken." : null;
    }

    private ContactRow Refuse(string phone, string reason) => new()
    {
        Line = rows.Line,
        PhoneText = phone.Length <= ContactFileLimits.QuotedLength ? phone : $"{phone.AsSpan(0, ContactFileLimits.QuotedLength)}…",
        Reason = reason,
    };

    private string? Optional(int column, int count)
    {
        var value = column >= 0 && column < count ? _values[column].Trim() : "";
        return value.Length > 0 ? value : null;
    }

    private Dictionary<string, object?> Values(int count)
    {
        var values = new Dictionary<string, object?>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            values.Add(columns.Names[i], _values[i]);
        }

        return values;
    }
}
