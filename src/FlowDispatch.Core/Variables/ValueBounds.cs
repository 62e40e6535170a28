using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Variables;

/// <summary>How large a person's values of one source may be.</summary>
internal static class ValueBounds
{
    public const int MostCharacters = 65_536;
    private const int Deepest = 32;

    /// <summary>Whether they fit; looks no further than that takes.</summary>
    public static bool Fit(IReadOnlyDictionary<string, object?> values)
    {
        var left = MostCharacters;
        return Fits(values, ref left, Deepest);
    }

    private static bool Fits(object? value, ref int left, int depth)
    {
        switch (LiquidValue.Plain(value))
        {
            case null:
                left--;
                break;
            case string text:
                left -= text.Length;
                break;
            case IReadOnlyDictionary<string, object?> fields:
                foreach (var (name, field) in fields)
                {
                    left -= name.Length;
                    if (depth == 0 || left < 0 || !Fits(field, ref left, depth - 1))
                    {
                        return false;
                    }
                }

                break;
            case IReadOnlyList<object?> items:
                foreach (var item in items)
                {
                    if (depth == 0 || left-- < 0 || !Fits(item, ref left, depth - 1))
                    {
                        return false;
                    }
                }

                break;
            default:
                left -= 8;
                break;
        }

        return left >= 0;
    }
}
