namespace FlowDispatch.Uploads;

/// <summary>What an uploaded text may have at most, so that no text, however hostile, takes much memory.</summary>
internal static class ContactFileLimits
{
    /// <summary>Columns of a header.</summary>
    public const int Columns = 256;

    /// <summary>Characters of a header's name.</summary>
    public const int HeaderLength = 255;

    /// <summary>Bytes of a row in UTF-8, with its quotes and separators.</summary>
    public const int RowBytes = 262_144;

    /// <summary>Characters of one value; a spreadsheet's cell holds no more.</summary>
    public const int ValueLength = 32_767;

    /// <summary>Characters of a contact's name.</summary>
    public const int NameLength = 255;

    /// <summary>Characters of an e-mail address.</summary>
    public const int EmailLength = 320;

    /// <summary>Characters of a language tag.</summary>
    public const int LanguageLength = 35;

    /// <summary>Characters of a value that an error quotes.</summary>
    public const int QuotedLength = 100;
}
