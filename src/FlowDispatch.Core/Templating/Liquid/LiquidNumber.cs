using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Numbers as templates reckon with them: whole ones stay whole, others are exact decimals, and doubles only what came as such.</summary>
internal static class LiquidNumber
{
    /// <summary>A number, or a text that is one; null for anything else.</summary>
    public static object? Of(object? value) => value switch
    {
        long or decimal or double => value,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var whole) => whole,
        string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>As a number; what is none is zero, as Liquid has it.</summary>
    public static object OrZero(object? value) => Of(value) ?? 0L;

    /// <summary>A whole number for an index or a count, cut towards zero and into the range of <see cref="int"/>.</summary>
    public static int ToWhole(object? value) => OrZero(value) switch
    {
        long whole => (int)Math.Clamp(whole, int.MinValue, int.MaxValue),
        decimal number => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        double number => double.IsNaN(number) ? 0 : (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        _ => 0,
    };

    /// <summary>Compares when both are numbers, or one is and the other is the text of one.</summary>
    public static bool TryBoth(object? left, object? right, out int order)
    {
        order = 0;
        if (left is not (long or decimal or double) && right is not (long or decimal or double))
        {
            return false;
        }

        if (Of(left) is not { } a || Of(right) is not { } b)
        {
            return false;
        }

        order = (a, b) switch
        {
            (long x, long y) => x.CompareTo(y),
            (double, _) or (_, double) => ToDouble(a).CompareTo(ToDouble(b)),
            _ => ToDecimal(a).CompareTo(ToDecimal(b)),
        };
        return true;
    }

    public static double ToDouble(object number) => Convert.ToDouble(number, CultureInfo.InvariantCulture);

    public static decimal ToDecimal(object number) => Convert.ToDecimal(number, CultureInfo.InvariantCulture);

    /// <summary>Reckons with two numbers: whole with whole, exactly where it can.</summary>
    public static object Combine(
        object? left, object? right, Func<long, long, long> whole, Func<decimal, decimal, decimal> exact, Func<double, double, double> rough)
    {
        var (a, b) = (OrZero(left), OrZero(right));
        try
        {
            if (a is long x && b is long y)
            {
                try
                {
                    return whole(x, y);
                }
                catch (OverflowException)
                {
                    // too large to stay whole; a decimal holds it
                }
            }

            return a is double || b is double ? rough(ToDouble(a), ToDouble(b)) : Tidy(exact(ToDecimal(a), ToDecimal(b)));
        }
        catch (OverflowException)
        {
            return rough(ToDouble(a), ToDouble(b));
        }
    }

    /// <summary>The same number without the zeros that reckoning leaves behind the point.</summary>
    public static decimal Tidy(decimal number) => number / 1.0000000000000000000000000000m;
}
