namespace FlowDispatch.Templating.Liquid;

/// <summary>Filters that reckon. A text that is a number counts as one; anything else is zero.</summary>
internal static class NumberFilters
{
    public static IReadOnlyList<LiquidFilter> All { get; } =
    [
        new("plus", 1, 1, (_, input, a) => LiquidNumber.Combine(input, a[0], (x, y) => checked(x + y), decimal.Add, (x, y) => x + y)),
        new("minus", 1, 1, (_, input, a) => LiquidNumber.Combine(input, a[0], (x, y) => checked(x - y), decimal.Subtract, (x, y) => x - y)),
        new("times", 1, 1, (_, input, a) => LiquidNumber.Combine(input, a[0], (x, y) => checked(x * y), decimal.Multiply, (x, y) => x * y)),
        new("divided_by", 1, 1, (e, input, a) => LiquidNumber.Combine(input, Divisor(e, a[0]), FloorDivide, decimal.Divide, (x, y) => x / y)),
        new("modulo", 1, 1, (e, input, a) => LiquidNumber.Combine(input, Divisor(e, a[0]), FloorModulo, (x, y) => x - (y * decimal.Floor(x / y)), (x, y) => x - (y * Math.Floor(x / y)))),
        new("abs", 0, 0, (_, input, _) => LiquidNumber.OrZero(input) switch
        {
            long.MinValue => -(decimal)long.MinValue,
            long whole => Math.Abs(whole),
            decimal number => Math.Abs(number),
            var number => Math.Abs(LiquidNumber.ToDouble(number)),
        }),
        new("at_least", 1, 1, (_, input, a) => LiquidNumber.TryBoth(LiquidNumber.OrZero(input), LiquidNumber.OrZero(a[0]), out var order) && order < 0 ? LiquidNumber.OrZero(a[0]) : LiquidNumber.OrZero(input)),
        new("at_most", 1, 1, (_, input, a) => LiquidNumber.TryBoth(LiquidNumber.OrZero(input), LiquidNumber.OrZero(a[0]), out var order) && order > 0 ? LiquidNumber.OrZero(a[0]) : LiquidNumber.OrZero(input)),
        new("ceil", 0, 0, (_, input, _) => Whole(input, decimal.Ceiling, Math.Ceiling)),
        new("floor", 0, 0, (_, input, _) => Whole(input, decimal.Floor, Math.Floor)),
        new("round", 0, 1, (_, input, a) => Round(input, a.Length > 0 ? Math.Clamp(LiquidNumber.ToWhole(a[0]), 0, 15) : 0)),
    ];

    private static object Divisor(Evaluation evaluation, object? value) =>
        LiquidNumber.OrZero(value) is var divisor && LiquidNumber.TryBoth(divisor, 0L, out var order) && order == 0
            ? throw evaluation.Error("Nothing can be divided by 0.")
            : divisor;

    // Towards minus infinity, as Liquid's whole numbers divide.
    private static long FloorDivide(long dividend, long divisor)
    {
        if (divisor == -1)
        {
            return checked(-dividend);
        }

        var (quotient, remainder) = Math.DivRem(dividend, divisor);
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient;
    }

    private static long FloorModulo(long dividend, long divisor)
    {
        if (divisor == -1)
        {
            return 0;
        }

        var remainder = dividend % divisor;
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder;
    }

    private static object Whole(object? input, Func<decimal, decimal> exact, Func<double, double> rough) => LiquidNumber.OrZero(input) switch
    {
        long whole => whole,
        decimal number => exact(number),
        var number => rough(LiquidNumber.ToDouble(number)),
    };

    private static object Round(object? input, int places) => LiquidNumber.OrZero(input) switch
    {
        long whole => whole,
        decimal number => decimal.Round(number, places, MidpointRounding.AwayFromZero),
        var number => Math.Round(LiquidNumber.ToDouble(number), places, MidpointRounding.AwayFromZero),
    };
}
