using System.Collections.Frozen;
using static FlowDispatch.Recipients.ReasonKind;

namespace FlowDispatch.Recipients;

/// <summary>The closed catalogue of reasons: each code of <see cref="ReasonCodes"/> once, with its words.</summary>
public static class ReasonCatalogue
{
    private static readonly FrozenDictionary<string, Reason> ByCode;

    static ReasonCatalogue()
    {
        All =
        [
            new(ReasonCodes.Sending, Status, "Its message is being handed to the provider right now.", "A mensagem está sendo entregue ao provedor neste momento."),
            new(ReasonCodes.InDoubt, Status, "It is not known whether the provider took the last attempt, so it is not sent again blindly; a receipt or a person settles it.", "Não se sabe se o provedor aceitou a última tentativa, por isso a mensagem não é reenviada às cegas; uma confirmação do provedor ou uma pessoa resolve a dúvida."),
            new(ReasonCodes.Sent, Status, "The provider took the message.", "O provedor aceitou a mensagem."),
            new(ReasonCodes.Delivered, Status, "The message was delivered.", "A mensagem foi entregue."),
            new(ReasonCodes.Read, Status, "The message was read.", "A mensagem foi lida."),
            new(ReasonCodes.Replied, Status, "The person wrote back.", "A pessoa respondeu."),
            new(ReasonCodes.Completed, Status, "The person wrote back and the flow reached its end.", "A pessoa respondeu e o fluxo chegou ao fim."),
            new(ReasonCodes.Cancelled, Status, "It was cancelled before it was sent.", "Foi cancelada antes de ser enviada."),

            new(ReasonCodes.Queued, Waiting, "Its turn has not come yet.", "Ainda não chegou a sua vez."),
            new(ReasonCodes.OutsideWindow, Waiting, "It waits for the execution window to open.", "Aguarda a abertura da janela de envio."),
            new(ReasonCodes.RateLimit, Waiting, "It waits for its turn under the automation's hourly limit.", "Aguarda a sua vez no limite de mensagens por hora da automação."),
            new(ReasonCodes.ChannelRate, Waiting, "It waits for its turn at the channel's rate, or for the end of a pause that the provider asked for.", "Aguarda a sua vez no ritmo do canal ou o fim de uma pausa pedida pelo provedor."),
            new(ReasonCodes.FrequencyCap, Waiting, "The person has had as many messages as the frequency cap allows; it waits until the oldest of them no longer counts.", "A pessoa já recebeu o máximo de mensagens que o limite de frequência permite; aguarda até que a mais antiga deixe de contar."),
            new(ReasonCodes.Retry, Waiting, "It waits for another try after a failure that may pass.", "Aguarda uma nova tentativa depois de uma falha temporária."),
            new(ReasonCodes.NextStep, Waiting, "The flow's next message is due.", "A próxima mensagem do fluxo já pode ser enviada."),
            new(ReasonCodes.AwaitingReply, Waiting, "It waits for the person's answer.", "Aguarda a resposta da pessoa."),
            new(ReasonCodes.AwaitingReceipt, Waiting, "It waits for a receipt that says whether the provider took the message.", "Aguarda uma confirmação de que o provedor aceitou a mensagem."),
            new(ReasonCodes.InDoubtRepeated, Waiting, "No answer to the last attempt is known; it is sent again, because evidence or the policy allows it.", "Não há resposta conhecida para a última tentativa; a mensagem é enviada de novo porque as evidências ou a política permitem."),
            new(ReasonCodes.ExpiresFirst, Waiting, "The run expires before the message may be sent; it will be skipped then.", "O prazo da execução termina antes que a mensagem possa ser enviada; quando isso acontecer, ela será descartada."),
            new(ReasonCodes.Paused, Waiting, "The execution is paused.", "A execução está pausada."),
            new(ReasonCodes.ErrorBudget, Waiting, "The execution is paused because too many messages failed on the provider's side.", "A execução foi pausada porque muitas mensagens falharam do lado do provedor."),
            new(ReasonCodes.ExecutionFailed, Waiting, "The execution failed as a whole; resume it once the cause is mended.", "A execução falhou como um todo; retome-a depois de corrigir a causa."),

            new(ReasonCodes.OptedOut, Skipped, "The person opted out.", "A pessoa pediu para não receber mensagens."),
            new(ReasonCodes.Blocked, Skipped, "The contact is blocked.", "O contato está bloqueado."),
            new(ReasonCodes.Deleted, Skipped, "The contact is deleted.", "O contato foi excluído."),
            new(ReasonCodes.NotFound, Skipped, "There is no such contact in this organization.", "Esse contato não existe nesta organização."),
            new(ReasonCodes.Expired, Skipped, "It was not sent within the automation's expires_after.", "Não foi enviada dentro do prazo (expires_after) da automação."),
            new(ReasonCodes.UnknownTimeZone, Skipped, "The contact's time zone is unknown, and the automation skips such people.", "O fuso horário do contato é desconhecido, e a automação não envia para esses contatos."),
            new(ReasonCodes.ConversationClosed, Skipped, "No conversation is open, and the flow does not begin with a template.", "Não há conversa aberta com a pessoa, e o fluxo não começa com um modelo de mensagem."),
            new(ReasonCodes.MissingVariable, Skipped, "A variable's value is missing for this person.", "Falta o valor de uma variável para esta pessoa."),
            new(ReasonCodes.NoMessage, Skipped, "The flow came to its end without a message for this person.", "O fluxo chegou ao fim sem nenhuma mensagem para esta pessoa."),

            new(ReasonCodes.TemplateError, Failed, "A template could not be rendered for this person.", "Não foi possível montar o texto com os dados desta pessoa."),
            new(ReasonCodes.ResolvedNotSent, Failed, "A person decided that the message in doubt was not sent.", "Uma pessoa decidiu que a mensagem em dúvida não foi enviada."),
            new(ReasonCodes.ProviderError, Failed, "The provider refused the message or could not deliver it; see error_code and error_message.", "O provedor recusou a mensagem ou não conseguiu entregá-la; veja error_code e error_message."),
            new(ReasonCodes.NotConnected, Failed, "The provider could not be reached.", "Não foi possível se conectar ao provedor."),
            new(ReasonCodes.CircuitOpen, Failed, "The provider failed too often; sends rest until it answers again.", "O provedor falhou repetidamente; os envios ficam suspensos até que ele volte a responder."),
            new(ReasonCodes.ChannelNotConfigured, Failed, "This host has no settings for the channel.", "O canal não está configurado neste servidor."),
            new(ReasonCodes.ContentNotSupported, Failed, "The channel can't carry such a message.", "O canal não aceita esse tipo de mensagem."),
            new(ReasonCodes.HttpStatus, Failed, "The provider answered with an HTTP status and no code of its own.", "O provedor respondeu com um status HTTP, sem um código próprio."),
        ];
        ByCode = All.ToFrozenDictionary(r => r.Code, StringComparer.Ordinal);
    }

    /// <summary>Every reason, by kind.</summary>
    public static IReadOnlyList<Reason> All { get; }

    /// <summary>The reason of a code; null for one that is not ours. All of <see cref="ReasonCodes.Http"/> share one.</summary>
    public static Reason? Find(string? code) =>
        code is null ? null
        : ByCode.GetValueOrDefault(code) ?? (code.StartsWith("http_", StringComparison.Ordinal) ? ByCode[ReasonCodes.HttpStatus] : null);
}
