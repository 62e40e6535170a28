namespace FlowDispatch.Uploads;

/// <summary>
/// The uploaded text can't be read at all, or not beyond some line. The message is for the person who uploaded it: it names
/// what was found and how to mend it. Rows that were read before it are sound.
/// </summary>
public sealed class ContactFileException : Exception
{
    /// <param name="message">What was found, and the repair.</param>
    /// <param name="line">The line of the text where it was found, from 1; null when it concerns the text as a whole.</param>
    public ContactFileException(string message, int? line = null)
        : base(message) => Line = line;

    /// <summary>The line of the text where it was found, from 1; null when it concerns the text as a whole.</summary>
    public int? Line { get; }

    /// <summary>True when the text is sound, but has no column of the name that <see cref="ContactFileOptions.PhoneColumn"/> asked for.</summary>
    public bool LacksPhoneColumn { get; init; }
}
