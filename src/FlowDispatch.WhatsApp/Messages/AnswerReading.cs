using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.WhatsApp.Errors;

namespace FlowDispatch.WhatsApp.Messages;

/// <summary>
/// From the provider's answer to what the engine does. The error's code decides, never the HTTP status or the words;
/// the status only where there is no error object (Cloud API, "Error codes").
/// </summary>
internal static class AnswerReading
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(5);

    public static Attempt Read(ProviderAnswer answer) => answer switch
    {
        { IsSuccess: true, MessageId: { } id } => new(new SendResult.Accepted(id)),
        { IsSuccess: true, IsWhole: false } => InDoubt("the provider's success broke off before it named a message", isOutage: true),
        { IsSuccess: true } => InDoubt("the provider's success names no message"),
        { Error: { } error } => OfError(error, answer),
        { Status: 429 } => new(new SendResult.Throttled(CodeOf(answer), answer.RetryAfter ?? ShortPause)),
        { Status: >= 500 } => InDoubt("the provider's server failed without saying whether it took the message", isOutage: true),
        { Status: 401 or 407 } => Refused(answer, "credentials are refused"),
        { Status: < 400 } => Refused(answer, "the address answers with a redirect or not as the Cloud API does; check WhatsApp:BaseUrl and WhatsApp:ApiVersion"),
        { IsWhole: false } => new(new SendResult.Failed(CodeOf(answer), "The provider refused the message, but its reason was lost.", answer.RetryAfter)),
        _ => new(new SendResult.Rejected(CodeOf(answer), $"The provider refused the message with HTTP {answer.Status} and no reason.")),
    };

    private static Attempt OfError(WhatsAppError error, ProviderAnswer answer)
    {
        var rule = WhatsAppErrors.OfAnswer(error, answer.Status);
        var code = error.CodeText ?? CodeOf(answer);
        return rule switch
        {
            { Class: WhatsAppErrorClass.AuthStop or WhatsAppErrorClass.ConfigStop } => new(new SendResult.ChannelRefused(code, Sentence(error.Reason))),
            { IsTransient: false } => new(new SendResult.Rejected(code, error.Reason)),
            { Scope: WhatsAppErrorScope.Channel } => new(new SendResult.Throttled(code, WaitOf(rule, answer) ?? ShortPause)),
            _ => new(
                new SendResult.Failed(code, error.Reason, WaitOf(rule, answer), rule.MaxRetries),
                IsOutage: rule.Scope == WhatsAppErrorScope.Service),
        };
    }

    // Whoever pauses for it says more behind it.
    private static string Sentence(string reason) => reason.TrimEnd() is var text && text is [.., '.' or '!' or '?' or '…'] ? text : text + ".";

    // A header knows better than our guess, but no header shortens a wait that the provider documents.
    private static TimeSpan? WaitOf(WhatsAppErrorRule rule, ProviderAnswer answer) => rule.Class switch
    {
        WhatsAppErrorClass.RetryLaterFixed when answer.RetryAfter < rule.Wait => rule.Wait,
        _ => answer.RetryAfter ?? rule.Wait,
    };

    private static Attempt InDoubt(string why, bool isOutage = false) => new(new SendResult.InDoubt($"No certain answer: {why}."), isOutage);

    private static Attempt Refused(ProviderAnswer answer, string why) =>
        new(new SendResult.ChannelRefused(CodeOf(answer), $"HTTP {answer.Status}: {why}."));

    private static string CodeOf(ProviderAnswer answer) => ReasonCodes.Http(answer.Status);
}
