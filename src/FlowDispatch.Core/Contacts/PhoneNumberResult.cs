namespace FlowDispatch.Contacts;

/// <summary>What <see cref="PhoneNumberNormalizer"/> made of a text: a number, or the reason why it is none.</summary>
public abstract record PhoneNumberResult
{
    private PhoneNumberResult() { }

    /// <summary>It can be dialled.</summary>
    /// <param name="Digits">E.164 digits without <c>+</c>, at most 15.</param>
    public sealed record Accepted(string Digits) : PhoneNumberResult;

    /// <summary>It can't be a phone number.</summary>
    /// <param name="Problem">What is wrong with it.</param>
    /// <param name="Reason">An English sentence that names the value and how to mend it.</param>
    public sealed record Refused(PhoneNumberProblem Problem, string Reason) : PhoneNumberResult;
}
