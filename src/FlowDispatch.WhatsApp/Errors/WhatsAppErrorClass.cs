namespace FlowDispatch.WhatsApp.Errors;

/// <summary>What an error of the provider asks a dispatcher to do.</summary>
internal enum WhatsAppErrorClass
{
    /// <summary>The same message again, after a growing wait.</summary>
    RetryWithBackoff,

    /// <summary>The same message again, after the wait that the rule names.</summary>
    RetryLaterFixed,

    /// <summary>This payload can't go; others to the same person can.</summary>
    PermanentForMessage,

    /// <summary>This person can't be reached.</summary>
    PermanentForRecipient,

    /// <summary>This template and language can't be sent as they are.</summary>
    PermanentForTemplate,

    /// <summary>Credentials or permissions are refused: nothing of the channel can go.</summary>
    AuthStop,

    /// <summary>The account or number is not in order: nothing of the channel can go until a person acts.</summary>
    ConfigStop,
}
