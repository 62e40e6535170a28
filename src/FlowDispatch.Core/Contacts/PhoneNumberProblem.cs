namespace FlowDispatch.Contacts;

/// <summary>Why a text was refused as a phone number; <see cref="JsonText.Word{T}"/> gives the code that users see.</summary>
public enum PhoneNumberProblem
{
    /// <summary>There is no text, or it is blank.</summary>
    Empty = 0,

    /// <summary>It holds letters or signs that no phone number has, or a <c>+</c> in its middle.</summary>
    NotANumber = 1,

    /// <summary>It has fewer digits than any number of its country.</summary>
    TooShort = 2,

    /// <summary>It has more digits than any number of its country, or more than the 15 of E.164.</summary>
    TooLong = 3,

    /// <summary>Its country has shorter and longer numbers, but none of this length.</summary>
    InvalidLength = 4,

    /// <summary>It can only be dialled within its area: the area code is missing.</summary>
    LocalOnly = 5,

    /// <summary>It is written internationally, but no country has such a code.</summary>
    InvalidCountry = 6,
}
