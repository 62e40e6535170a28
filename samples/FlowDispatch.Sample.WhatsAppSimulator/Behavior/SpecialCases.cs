using System.Globalization;

namespace FlowDispatch.Sample.Simulator;

/// <summary>
/// Outcomes that a caller asks for by name: templates <c>error_CODE</c> and <c>failed_CODE</c>, and numbers that end in
/// <c>66</c> or <c>77</c> and a known code in six digits (<c>+55 11 9 6613 1026</c>).
/// </summary>
internal static class SpecialCases
{
    private const int MarkedDigits = 8;

    public static int? RefusalOf(SendRequest request) => CodeOf(request, "error_", "66");

    public static int? FailureOf(SendRequest request) => CodeOf(request, "failed_", "77");

    private static int? CodeOf(SendRequest request, string templatePrefix, string mark)
    {
        if (request.TemplateName is { } name && name.StartsWith(templatePrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(templatePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return code;
        }

        // Unlike for templates only known codes count: an ordinary number must not run into this by accident.
        return request.WaId is { Length: > MarkedDigits } number
            && number.AsSpan(number.Length - MarkedDigits) is var tail && tail.StartsWith(mark, StringComparison.Ordinal)
            && int.TryParse(tail[mark.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out code) && ErrorCatalogue.Knows(code)
            ? code
            : null;
    }
}
