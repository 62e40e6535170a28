using System.Collections.Frozen;
using static FlowDispatch.WhatsApp.Errors.WhatsAppErrorClass;
using static FlowDispatch.WhatsApp.Errors.WhatsAppErrorScope;

namespace FlowDispatch.WhatsApp.Errors;

/// <summary>
/// Every error code of the Cloud API that is known to reach a sender, by what to do about it. Meta documents what the
/// codes mean (WhatsApp Business Platform, "Error codes"); the classes are ours.
/// </summary>
internal static class WhatsAppErrors
{
    private static readonly TimeSpan AnHour = TimeSpan.FromHours(1);

    private static readonly WhatsAppErrorRule Permanent = new(PermanentForMessage);

    private static readonly WhatsAppErrorRule PermanentPerson = new(PermanentForRecipient);

    private static readonly WhatsAppErrorRule PermanentTemplate = new(PermanentForTemplate);

    private static readonly WhatsAppErrorRule Credentials = new(AuthStop);

    private static readonly WhatsAppErrorRule Account = new(ConfigStop);

    private static readonly WhatsAppErrorRule Outage = new(RetryWithBackoff, Service);

    // A new code must not loop; where the answer itself says that it passes, three more tries are fair.
    private static readonly WhatsAppErrorRule UnknownPassing = new(RetryWithBackoff, MaxRetries: 3);

    private static readonly FrozenDictionary<int, WhatsAppErrorRule> Rules = new Dictionary<int, WhatsAppErrorRule>
    {
        [0] = Credentials,
        [1] = new(RetryWithBackoff, MaxRetries: 2),
        [2] = Outage,
        [3] = Credentials,
        [4] = new(RetryWithBackoff, Channel, TimeSpan.FromMinutes(1)),
        [10] = Credentials,
        [33] = Account,
        [100] = Permanent,
        [102] = Credentials,
        [104] = Credentials,
        [190] = Credentials,
        [368] = Account,
        [80007] = new(RetryWithBackoff, Channel, TimeSpan.FromMinutes(1)),
        [80008] = new(RetryLaterFixed, Message, AnHour),
        [130403] = PermanentPerson,
        [130429] = new(RetryWithBackoff, Channel, TimeSpan.FromSeconds(2)),
        [130472] = PermanentPerson,
        [130497] = PermanentPerson,
        [131000] = new(RetryWithBackoff, MaxRetries: 3),
        [131005] = Credentials,
        [131008] = Permanent,
        [131009] = Permanent,
        [131016] = Outage,
        [131021] = PermanentPerson,
        [131026] = PermanentPerson,
        [131030] = PermanentPerson,
        [131031] = Account,
        [131037] = Account,
        [131042] = Account,
        [131043] = Permanent,
        [131045] = Account,
        [131047] = Permanent,
        // These three limit the whole number for a while: to go on with other people would only draw it out.
        [131048] = new(RetryLaterFixed, Channel, AnHour),
        [131057] = new(RetryLaterFixed, Channel, TimeSpan.FromMinutes(2)),
        [131064] = new(RetryLaterFixed, Channel, AnHour),
        [131049] = new(RetryLaterFixed, Message, TimeSpan.FromHours(24)),
        [131050] = PermanentPerson,
        [131051] = Permanent,
        [131053] = Permanent,
        [131055] = PermanentTemplate,
        // Meta advises 4^X seconds per person, from 1; below the 6 s that a pair needs between messages it can't pass.
        [131056] = new(RetryWithBackoff, Message, TimeSpan.FromSeconds(6)),
        [131062] = Permanent,
        [131063] = Account,
        [132000] = PermanentTemplate,
        [132001] = PermanentTemplate,
        [132005] = Permanent,
        [132007] = PermanentTemplate,
        [132008] = Permanent,
        [132012] = PermanentTemplate,
        [132015] = PermanentTemplate,
        [132016] = PermanentTemplate,
        [132018] = Permanent,
        [132021] = Permanent,
        [132068] = PermanentTemplate,
        [132069] = new(RetryLaterFixed, Message, AnHour),
        [133000] = Account,
        [133004] = Outage,
        [133005] = Account,
        [133006] = Account,
        [133008] = Account,
        [133009] = Account,
        [133010] = Account,
        [133015] = Account,
        [133016] = Account,
        [134011] = Account,
        [134100] = PermanentTemplate,
        [134101] = new(RetryLaterFixed, Message, TimeSpan.FromMinutes(10)),
        [134102] = Account,
        [135000] = Permanent,
        [136024] = Account,
        [137000] = PermanentPerson,
        [2494100] = new(RetryLaterFixed, Message, TimeSpan.FromMinutes(5)),
    }.ToFrozenDictionary();

    /// <summary>True for a code that the table knows.</summary>
    public static bool IsKnown(int code) => Rules.ContainsKey(code) || code is >= 200 and <= 299;

    /// <summary>Reads the error of an answer to a send.</summary>
    /// <param name="error">The error object.</param>
    /// <param name="status">The answer's HTTP status; decides only where the code is unknown.</param>
    public static WhatsAppErrorRule OfAnswer(WhatsAppError error, int status) => error switch
    {
        // A missing object is a wrong phone number id or a token without access to it: no message of the channel can go.
        { Code: 100, Subcode: 33 } => Account,
        { Code: 100, Details: { } details } when details.Contains("Parameter name is missing", StringComparison.OrdinalIgnoreCase) => PermanentTemplate,
        _ => Find(error.Code) ?? (error.IsTransient || status is 429 or >= 500 ? UnknownPassing : Permanent),
    };

    /// <summary>Reads the error of a <c>failed</c> status.</summary>
    /// <param name="error">The error object.</param>
    public static WhatsAppErrorRule OfStatus(WhatsAppError error) => error.Code switch
    {
        // In an answer it means bad parameters; after acceptance, that the whole portfolio was stopped.
        135000 => Account,
        _ => Find(error.Code) ?? (error.IsTransient ? UnknownPassing : Permanent),
    };

    private static WhatsAppErrorRule? Find(int? code) => code switch
    {
        null => null,
        >= 200 and <= 299 => Credentials,
        { } known => Rules.GetValueOrDefault(known),
    };
}
