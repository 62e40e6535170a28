using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.Templating.Liquid;

/// <summary>What a comparison asks of a value instead of comparing it with another.</summary>
internal sealed class ValueQuestion(Func<object?, bool> answer)
{
    public static ValueQuestion Empty { get; } = new(LiquidValue.IsEmpty);

    public static ValueQuestion Blank { get; } = new(LiquidValue.IsBlank);

    public bool Holds(object? value) => answer(value);
}

/// <summary>The values that templates see: what there is, how it prints, compares and counts. Nothing is read by reflection.</summary>
internal static class LiquidValue
{
    private const int DeepestJson = 64;

    /// <summary>The value as one of the few kinds that <see cref="FieldValues"/> describes, or a date.</summary>
    public static object? Plain(object? value) => value switch
    {
        null or string or bool or long or decimal or double or DateTimeOffset or DateOnly or IReadOnlyDictionary<string, object?> => value,
        int number => (long)number,
        IReadOnlyList<object?> or RangeValue => value,
        JsonElement json => FieldValues.FromJson(json),
        DateTime instant => new DateTimeOffset(instant.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(instant, DateTimeKind.Utc) : instant),
        byte or sbyte or short or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong number => (decimal)number,
        float number => (double)number,
        IDictionary<string, object?> fields => new Dictionary<string, object?>(fields, StringComparer.Ordinal),
        IEnumerable<object?> items => items.ToList(),
        IEnumerable items => items.Cast<object?>().ToList(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Null or text without a character: what a variable must not be when it is needed.</summary>
    public static bool IsNothing(object? value) => value is null or "";

    public static bool IsTrue(object? value) => value is not (null or false);

    public static bool IsEmpty(object? value) => value switch
    {
        string text => text.Length == 0,
        IReadOnlyDictionary<string, object?> fields => fields.Count == 0,
        IReadOnlyList<object?> items => items.Count == 0,
        RangeValue range => range.Count == 0,
        _ => false,
    };

    public static bool IsBlank(object? value) => value is null or false || (value is string text ? string.IsNullOrWhiteSpace(text) : IsEmpty(value));

    /// <summary>A field of an object, an item of a list, or <c>size</c>, <c>first</c> and <c>last</c> of a list.</summary>
    public static object? Member(object? value, in PathStep step, object? key) => value switch
    {
        // An object has nothing but its fields: 'size' is a shirt's size, or nothing.
        IReadOnlyDictionary<string, object?> fields => key is string name && fields.TryGetValue(name, out var field) ? Plain(field) : null,
        IReadOnlyList<object?> items => key switch
        {
            "size" when step.IsDot => (long)items.Count,
            "first" when step.IsDot => items.Count > 0 ? Plain(items[0]) : null,
            "last" when step.IsDot => items.Count > 0 ? Plain(items[^1]) : null,
            long index => Item(items, index),
            decimal or double => Item(items, LiquidNumber.ToWhole(key)),
            _ => null,
        },
        string text => step.IsDot && key is "size" ? CharacterCount(text) : null,
        RangeValue range => step.IsDot ? range.Member(key) : null,
        _ => null,
    };

    public static long CharacterCount(string text) => text.Length - text.Count(char.IsLowSurrogate);

    /// <summary>The text of a value as a template prints it.</summary>
    public static string Text(object? value, Evaluation evaluation)
    {
        var text = value is IReadOnlyDictionary<string, object?> or IReadOnlyList<object?> ? Json(value, evaluation) : Scalar(value);
        evaluation.Allow(text.Length);
        return text;
    }

    /// <summary>The text of anything but a list or an object.</summary>
    public static string Scalar(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.ToString(instant.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (ValueQuestion question, _) => question.Holds(right),
        (_, ValueQuestion question) => question.Holds(left),
        (null, _) or (_, null) => left is null && right is null,
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (bool a, bool b) => a == b,
        _ when LiquidNumber.TryBoth(left, right, out var order) => order == 0,
        (DateTimeOffset a, DateTimeOffset b) => a == b,
        _ => Equals(left, right),
    };

    /// <summary>Which comes first; null where the two have no order. A text that is a number is one beside a number.</summary>
    public static int? Order(object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => null,
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when LiquidNumber.TryBoth(left, right, out var order) => order,
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (DateOnly a, DateOnly b) => a.CompareTo(b),
        _ => null,
    };

    public static bool Contains(object? container, object? sought, Evaluation evaluation)
    {
        switch (container)
        {
            case string text when sought is not null:
                var part = Text(sought, evaluation);
                evaluation.ChargeSearch(text, part);
                return text.Contains(part, StringComparison.Ordinal);
            case IReadOnlyDictionary<string, object?> fields:
                return sought is string key && fields.ContainsKey(key);
            case IReadOnlyList<object?> or RangeValue:
                return Items(container, evaluation).Any(item => AreEqual(Plain(item), sought));
            default:
                return false;
        }
    }

    /// <summary>The items to walk through: those of a list, the pairs of an object, a single value itself; nothing has none.</summary>
    public static IReadOnlyList<object?> Items(object? value, Evaluation evaluation)
    {
        if (value is RangeValue numbers)
        {
            return numbers.ToList(evaluation);
        }

        IReadOnlyList<object?> items = value switch
        {
            null => [],
            IReadOnlyList<object?> list => list,
            IReadOnlyDictionary<string, object?> fields => [.. fields.Select(f => new object?[] { f.Key, f.Value })],
            _ => [value],
        };
        evaluation.ChargeItems(items.Count);
        return items;
    }

    private static object? Item(IReadOnlyList<object?> items, long index)
    {
        var at = index < 0 ? items.Count + index : index;
        return at >= 0 && at < items.Count ? Plain(items[(int)at]) : null;
    }

    // Written piece by piece, so that a huge object is refused before it is a huge text.
    private static string Json(object value, Evaluation evaluation)
    {
        var json = new StringBuilder();
        Append(value, 0);
        return json.ToString();

        void Append(object? item, int depth)
        {
            if (depth > DeepestJson)
            {
                throw evaluation.Error($"A value is nested more than {DeepestJson} deep and can't be printed.");
            }

            var separator = "";
            switch (Plain(item))
            {
                case IReadOnlyDictionary<string, object?> fields:
                    json.Append('{');
                    foreach (var (name, field) in fields)
                    {
                        json.Append(separator);
                        Leaf(name);
                        json.Append(':');
                        Append(field, depth + 1);
                        separator = ",";
                    }

                    json.Append('}');
                    break;
                case IReadOnlyList<object?> list:
                    json.Append('[');
                    foreach (var element in list)
                    {
                        json.Append(separator);
                        Append(element, depth + 1);
                        separator = ",";
                    }

                    json.Append(']');
                    break;
                case null:
                    json.Append("null");
                    break;
                case (bool or long or decimal or double) and var number:
                    json.Append(Scalar(number));
                    break;
                case var scalar:
                    Leaf(Scalar(scalar));
                    break;
            }

            evaluation.Charge();
            evaluation.Allow(json.Length);
        }

        void Leaf(string text)
        {
            evaluation.Allow(text.Length);
            json.Append(JsonSerializer.Serialize(text, JsonText.Compact));
        }
    }
}
