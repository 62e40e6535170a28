using System.Runtime.CompilerServices;
using System.Text;
using FlowDispatch.Contacts;

namespace FlowDispatch.Uploads;

/// <summary>Reads numbers one a line, or separated by commas, semicolons or tabs.</summary>
/// <remarks>
/// A number's position is its line. Further numbers of the same line take the positions after it, so that positions are distinct
/// and ascend, and are the lines of the text where every number has its own.
/// </remarks>
internal sealed class ListContacts(TextReader text, PhoneNumberNormalizer numbers)
{
    /// <summary>Longer than any number, however it is written.</summary>
    private const int LongestEntry = 256;

    private readonly StringBuilder _entry = new(LongestEntry);
    private int _line = 1;
    private bool _lineHasEntry;

    public static ContactFile Open(TextReader text, PhoneNumberNormalizer numbers) =>
        new([], phoneColumn: null, new ListContacts(text, numbers).ReadAsync);

    private async IAsyncEnumerable<ContactRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new char[16_384];
        var previous = '\0';
        int count;
        while ((count = await text.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                var c = buffer[i];
                var isLineBreak = c is '\r' or '\n';
                if (!isLineBreak && c is not (',' or ';' or '\t'))
                {
                    Append(c);
                }
                else
                {
                    if (TakeEntry() is { } row)
                    {
                        yield return row;
                    }

                    if (isLineBreak && !(c == '\n' && previous == '\r'))
                    {
                        _line++;
                        _lineHasEntry = false;
                    }
                }

                previous = c;
            }
        }

        if (TakeEntry() is { } last)
        {
            yield return last;
        }
    }

    private void Append(char c)
    {
        if (_entry.Length < LongestEntry)
        {
            // Blanks before an entry do not count towards its length.
            if (_entry.Length > 0 || !char.IsWhiteSpace(c))
            {
                _entry.Append(c);
            }
        }
        else if (_entry.Length == LongestEntry && !char.IsWhiteSpace(c))
        {
            _entry.Append('…'); // no number goes on for so long; the sign makes sure that it is refused
        }
    }

    private ContactRow? TakeEntry()
    {
        var entry = _entry.ToString().Trim().Trim('\uFEFF');
        _entry.Clear();
        if (string.IsNullOrWhiteSpace(entry))
        {
            return null;
        }

        if (_lineHasEntry)
        {
            _line++;
        }

        _lineHasEntry = true;
        return numbers.Normalize(entry) switch
        {
            PhoneNumberResult.Accepted accepted => new() { Line = _line, PhoneText = entry, Number = accepted.Digits },
            PhoneNumberResult.Refused refused => new()
            {
                Line = _line,
                PhoneText = entry.Length <= ContactFileLimits.QuotedLength ? entry : $"{entry.AsSpan(0, ContactFileLimits.QuotedLength)}…",
                Reason = refused.Reason,
            },
            var other => throw new InvalidOperationException($"The normalizer answered {other}."),
        };
    }
}
