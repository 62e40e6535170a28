using System.Text;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Filters on lists, and those that take a list or a text alike. A list given is never changed.</summary>
internal static class ListFilters
{
    public static IReadOnlyList<LiquidFilter> All { get; } =
    [
        new("size", 0, 0, (_, input, _) => Size(input)),
        new("first", 0, 0, (_, input, _) => LiquidValue.Member(input, PathStep.Dot("first"), "first")),
        new("last", 0, 0, (_, input, _) => LiquidValue.Member(input, PathStep.Dot("last"), "last")),
        new("join", 0, 1, (e, input, a) => Join(e, input, a.Length > 0 ? TextFilters.Text(e, a[0]) : " ")),
        new("slice", 1, 2, (e, input, a) => Slice(e, input, LiquidNumber.ToWhole(a[0]), a.Length > 1 ? LiquidNumber.ToWhole(a[1]) : 1)),
        new("reverse", 0, 0, (e, input, _) => LiquidValue.Items(input, e).Reverse().ToList()),
        new("concat", 1, 1, (e, input, a) => LiquidValue.Items(input, e).Concat(LiquidValue.Items(a[0], e)).ToList()),
        new("compact", 0, 0, (e, input, _) => LiquidValue.Items(input, e).Where(i => LiquidValue.Plain(i) is not null).ToList()),
        new("uniq", 0, 0, (e, input, _) => LiquidValue.Items(input, e).DistinctBy(i => Weighed(e, LiquidValue.Text(LiquidValue.Plain(i), e)), StringComparer.Ordinal).ToList()),
        new("sort", 0, 1, (e, input, a) => Sort(e, input, a, StringComparer.Ordinal)),
        new("sort_natural", 0, 1, (e, input, a) => Sort(e, input, a, StringComparer.OrdinalIgnoreCase)),
        new("map", 1, 1, (e, input, a) => LiquidValue.Items(input, e).Select(i => Field(i, a[0])).ToList()),
        new("where", 1, 2, (e, input, a) => LiquidValue.Items(input, e)
            .Where(i => a.Length > 1 ? LiquidValue.AreEqual(Field(i, a[0]), a[1]) : LiquidValue.IsTrue(Field(i, a[0]))).ToList()),
        new("default", 1, 1, (_, input, a) => input is null or false || LiquidValue.IsEmpty(input) ? a[0] : input),
    ];

    private static long Size(object? input) => input switch
    {
        string text => LiquidValue.CharacterCount(text),
        IReadOnlyList<object?> items => items.Count,
        IReadOnlyDictionary<string, object?> fields => fields.Count,
        RangeValue range => range.Count,
        _ => 0,
    };

    private static string Join(Evaluation evaluation, object? input, string separator)
    {
        var joined = new StringBuilder();
        foreach (var item in LiquidValue.Items(input, evaluation))
        {
            joined.Append(joined.Length > 0 ? separator : "").Append(TextFilters.Text(evaluation, LiquidValue.Plain(item)));
            evaluation.Allow(joined.Length);
        }

        return joined.ToString();
    }

    private static object? Slice(Evaluation evaluation, object? input, int from, int count)
    {
        var list = input is IReadOnlyList<object?> or RangeValue ? LiquidValue.Items(input, evaluation) : null;
        var text = list is null ? TextFilters.Text(evaluation, input) : "";
        var length = list?.Count ?? (int)LiquidValue.CharacterCount(text);
        var start = from < 0 ? length + (long)from : from;
        if (start < 0 || start > length || count <= 0)
        {
            return list is null ? "" : new List<object?>();
        }

        return list is null ? TextFilters.Characters(text, (int)start, count) : list.Skip((int)start).Take(count).ToList();
    }

    private static List<object?> Sort(Evaluation evaluation, object? input, object?[] arguments, StringComparer texts)
    {
        var items = LiquidValue.Items(input, evaluation);
        evaluation.ChargeItems(items.Count); // sorting walks the list more than once
        return [.. items.OrderBy(i => Weighed(evaluation, arguments.Length > 0 ? Field(i, arguments[0]) : LiquidValue.Plain(i)), new ValueOrder(texts))];
    }

    // Long texts are compared letter by letter, again and again.
    private static T Weighed<T>(Evaluation evaluation, T value)
    {
        evaluation.Charge(value is string text ? text.Length : 0);
        return value;
    }

    private static object? Field(object? item, object? key) => LiquidValue.Member(LiquidValue.Plain(item), PathStep.Constant(key), key);

    /// <summary>A total order over all values, as a sort needs one: nothing last, kinds apart, numbers by size, texts as asked.</summary>
    private sealed class ValueOrder(StringComparer texts) : IComparer<object?>
    {
        public int Compare(object? x, object? y)
        {
            var kinds = Kind(x).CompareTo(Kind(y));
            return kinds != 0 ? kinds
                : x is string a && y is string b ? texts.Compare(a, b)
                : LiquidValue.Order(x, y) ?? 0;
        }

        private static int Kind(object? value) => value switch
        {
            long or decimal or double => 0,
            DateTimeOffset => 1,
            DateOnly => 2,
            string => 3,
            null => 5,
            _ => 4,
        };
    }
}
