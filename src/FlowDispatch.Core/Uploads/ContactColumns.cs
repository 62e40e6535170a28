using System.Globalization;
using System.Text;

namespace FlowDispatch.Uploads;

/// <summary>What the columns of a CSV text are called and what they are for.</summary>
internal sealed class ContactColumns
{
    private static readonly string[] PhoneNames = ["phone", "telefone", "celular", "whatsapp", "whatsapp_id", "number", "numero"];
    private static readonly string[] NameNames = ["name", "nome"];
    private static readonly string[] EmailNames = ["email", "e_mail"];
    private static readonly string[] LanguageNames = ["language", "idioma"];

    private ContactColumns(string[] names, int phone)
    {
        Names = names;
        Phone = phone;
        var folded = Array.ConvertAll(names, Fold);
        Name = First(folded, NameNames);
        Email = First(folded, EmailNames);
        Language = First(folded, LanguageNames);
    }

    /// <summary>Distinct: a header that is repeated has <c>_2</c>, <c>_3</c>, … after it, an empty one is <c>column_</c> and its position from 1.</summary>
    public string[] Names { get; }

    /// <summary>The position of the number.</summary>
    public int Phone { get; }

    /// <summary>The position of the name; -1 where there is none, and so below.</summary>
    public int Name { get; }

    public int Email { get; }

    public int Language { get; }

    /// <exception cref="ContactFileException">There are too many or too long headers, or none is called <paramref name="phoneColumn"/>.</exception>
    public static ContactColumns Read(CsvRows header, string? phoneColumn)
    {
        if (header.Count > ContactFileLimits.Columns)
        {
            throw new ContactFileException($"The header has {header.Count:N0} columns; at most {ContactFileLimits.Columns} are read. Leave out what no message needs.", header.Line);
        }

        var written = new string[header.Count];
        for (var i = 0; i < written.Length; i++)
        {
            if (header.IsMalformed(i))
            {
                throw new ContactFileException("A quote in the header is not closed, or text follows its closing quote; write \"\" for a quote within a quoted name.", header.Line);
            }

            written[i] = header.Value(i).Trim().Trim('\uFEFF').Trim();
            if (written[i].Length > ContactFileLimits.HeaderLength || written[i].Contains('\0', StringComparison.Ordinal))
            {
                throw new ContactFileException(
                    $"The header of column {i + 1} is no name: it has more than {ContactFileLimits.HeaderLength} characters or holds zero bytes. The first row must name the columns.", header.Line);
            }
        }

        var names = Distinct(written);
        return new(names, FindPhone(names, phoneColumn, header.Line));
    }

    /// <summary>Lower case without accents; whatever is no letter or digit is <c>_</c>, so that <c>WhatsApp ID</c> is <c>whatsapp_id</c>.</summary>
    private static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var c in name.Trim().Normalize(NormalizationForm.FormD))
        {
            if (char.IsLetterOrDigit(c))
            {
                folded.Append(char.ToLowerInvariant(c));
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append('_');
            }
        }

        return folded.ToString();
    }

    private static int First(string[] folded, string[] wanted) => Array.FindIndex(folded, name => wanted.Contains(name, StringComparer.Ordinal));

    private static int FindPhone(string[] names, string? phoneColumn, int line)
    {
        var folded = Array.ConvertAll(names, Fold);
        if (string.IsNullOrWhiteSpace(phoneColumn))
        {
            // A file may have a phone and a number (of an order, say): the list decides, not the order of the columns.
            return Math.Max(0, Array.IndexOf(folded, PhoneNames.FirstOrDefault(folded.Contains)));
        }

        var exact = Array.IndexOf(names, phoneColumn.Trim());
        var found = exact >= 0 ? exact : First(folded, [Fold(phoneColumn)]);
        return found >= 0
            ? found
            : throw new ContactFileException($"No column is called '{phoneColumn}'; the header has: {string.Join(", ", names.Take(20))}.", line) { LacksPhoneColumn = true };
    }

    private static string[] Distinct(string[] written)
    {
        var taken = new HashSet<string>(written, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[written.Length];
        for (var i = 0; i < written.Length; i++)
        {
            var wanted = written[i].Length > 0 ? written[i] : $"column_{i + 1}";
            var name = wanted;
            for (var n = 2; (name != written[i] && taken.Contains(name)) || !seen.Add(name); n++)
            {
                name = $"{wanted}_{n}";
            }

            names[i] = name;
        }

        return names;
    }
}
