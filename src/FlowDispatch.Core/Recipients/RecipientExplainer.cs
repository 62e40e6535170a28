using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Recipients;

/// <summary>Says in words why a recipient was sent to, skipped, or not sent to yet. Pure.</summary>
public static class RecipientExplainer
{
    private static readonly Dictionary<string, (string En, string Pt)> Texts = new(StringComparer.Ordinal)
    {
        [ExplanationCodes.Queued] = ("Its turn has not come yet.", "Ainda não chegou a sua vez."),
        [ExplanationCodes.ExecutionFailed] = ("The execution failed as a whole; resume it once the cause is mended.", "A execução falhou por inteiro; retome-a quando a causa for corrigida."),
        [ExplanationCodes.Sending] = ("Its message is being handed over right now.", "A mensagem está sendo entregue ao provedor agora."),
        [ExplanationCodes.InDoubt] = ("No answer to the last attempt is known, so it is not sent again blindly; a receipt or a person settles it.", "Não há resposta conhecida para a última tentativa, por isso não é reenviada às cegas; um recibo ou uma pessoa resolve."),
        [ExplanationCodes.Sent] = ("The provider took the message.", "O provedor aceitou a mensagem."),
        [ExplanationCodes.Delivered] = ("The message was delivered.", "A mensagem foi entregue."),
        [ExplanationCodes.Read] = ("The message was read.", "A mensagem foi lida."),
        [ExplanationCodes.Replied] = ("The person wrote back.", "A pessoa respondeu."),
        [ExplanationCodes.Completed] = ("The person wrote back and the flow reached its end.", "A pessoa respondeu e o fluxo chegou ao fim."),
        [ExplanationCodes.ProviderError] = ("The provider refused the message or could not deliver it; see error_code and error_message.", "O provedor recusou a mensagem ou não pôde entregá-la; veja error_code e error_message."),
        [ExplanationCodes.Cancelled] = ("The execution was cancelled before its turn.", "A execução foi cancelada antes da sua vez."),
        [ReasonCodes.OptedOut] = ("The person opted out.", "A pessoa pediu para não receber mensagens."),
        [ReasonCodes.Blocked] = ("The contact is blocked.", "O contato está bloqueado."),
        [ReasonCodes.Deleted] = ("The contact is deleted.", "O contato foi excluído."),
        [ReasonCodes.NotFound] = ("There is no such contact in this organization.", "Não existe esse contato nesta organização."),
        [ReasonCodes.Expired] = ("It was not sent within the automation's expires_after.", "Não foi enviada dentro do prazo expires_after da automação."),
        [ReasonCodes.UnknownTimeZone] = ("The contact's time zone is unknown, and the automation skips such people.", "O fuso horário do contato é desconhecido, e a automação ignora esses contatos."),
        [ReasonCodes.ConversationClosed] = ("No conversation is open, and the flow does not begin with a template.", "Não há conversa aberta, e o fluxo não começa com um modelo."),
        [ReasonCodes.MissingVariable] = ("A variable's value is missing for this person.", "Falta o valor de uma variável para esta pessoa."),
        [ReasonCodes.TemplateError] = ("A template could not be rendered for this person.", "Um modelo de texto não pôde ser preenchido para esta pessoa."),
        [ReasonCodes.ResolvedNotSent] = ("A person decided that the message in doubt was not sent.", "Uma pessoa decidiu que a mensagem em dúvida não foi enviada."),
        [ReasonCodes.OutsideWindow] = ("It waits for the execution window to open.", "Aguarda a abertura da janela de execução."),
        [ReasonCodes.RateLimit] = ("It waits for its turn under the automation's hourly limit.", "Aguarda a sua vez no limite por hora da automação."),
        [ReasonCodes.ChannelRate] = ("It waits for the channel's rate, or because the provider asked for a pause.", "Aguarda a taxa do canal, ou uma pausa pedida pelo provedor."),
        [ReasonCodes.FrequencyCap] = ("It waits because the person already got as many messages as the frequency cap allows.", "Aguarda porque a pessoa já recebeu tantas mensagens quanto o limite de frequência permite."),
        [ReasonCodes.Retry] = ("It waits for another try after a transient failure.", "Aguarda nova tentativa após uma falha passageira."),
        [ReasonCodes.NextStep] = ("Its next message is due.", "A próxima mensagem está na fila."),
        [ReasonCodes.AwaitingReply] = ("It waits for the person's answer.", "Aguarda a resposta da pessoa."),
        [ReasonCodes.AwaitingReceipt] = ("It waits for a receipt that says whether the message was taken.", "Aguarda um recibo que diga se a mensagem foi aceita."),
        [ReasonCodes.InDoubtRepeated] = ("No answer to the last attempt is known; it is sent again, because evidence or the policy allows it.", "Não há resposta conhecida para a última tentativa; é enviada de novo, porque há evidência ou a política permite."),
        [ReasonCodes.Paused] = ("The execution is paused.", "A execução está pausada."),
    };

    /// <summary>Explains a recipient.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="execution">Its execution.</param>
    /// <param name="now">The present instant.</param>
    public static RecipientExplanation Explain(Recipient recipient, Execution execution, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(execution);
        return recipient.Status switch
        {
            RecipientStatus.Pending => Pending(recipient, execution, now),
            RecipientStatus.Failed or RecipientStatus.Skipped => Say(Known(recipient.ErrorCode)),
            RecipientStatus.InDoubt => Say(recipient.Open ? ReasonCodes.AwaitingReceipt : ExplanationCodes.InDoubt),
            _ => Say(JsonText.Word(recipient.Status)),
        };
    }

    private static RecipientExplanation Pending(Recipient recipient, Execution execution, DateTimeOffset now)
    {
        if (execution.Status is ExecutionStatus.Paused or ExecutionStatus.Failed)
        {
            return Say(execution.Status == ExecutionStatus.Paused ? ReasonCodes.Paused : ExplanationCodes.ExecutionFailed);
        }

        if (recipient.NextAttemptAt > now)
        {
            return Say(Known(recipient.WaitingReason ?? ReasonCodes.Retry), recipient.NextAttemptAt);
        }

        var settings = execution.Snapshot.Settings;
        if (recipient.Reached == Milestone.None && settings.Window is { } window)
        {
            var own = settings.WindowTimeZoneMode == WindowTimeZoneMode.Recipient ? LocalTime.FindZone(recipient.TimeZone) : null;
            var opening = window.NextOpening(now, own ?? LocalTime.FindZone(settings.ExecutionTimeZone) ?? TimeZoneInfo.Utc);
            if (opening > now)
            {
                return Say(ReasonCodes.OutsideWindow, opening);
            }
        }

        // Who is due waits only for permits and a sender's free hand; the hourly limit is what is felt first.
        return Say(execution.Status == ExecutionStatus.Running && settings.RateLimitPerHour is not null ? ReasonCodes.RateLimit : ExplanationCodes.Queued);
    }

    private static string Known(string? code) => code is not null && Texts.ContainsKey(code) ? code : ExplanationCodes.ProviderError;

    private static RecipientExplanation Say(string code, DateTimeOffset? nextEligibleAt = null) =>
        new(code, Texts[code].En, Texts[code].Pt, nextEligibleAt);
}
