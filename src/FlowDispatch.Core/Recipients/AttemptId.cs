using System.Globalization;

namespace FlowDispatch.Recipients;

/// <summary>
/// Names one attempt to hand one message to a sender: <c>{recipient id}/{attempt}</c>. Senders pass it to the provider
/// (as an idempotency key, or as opaque data that its receipts bring back), so that an answer that was lost can be found.
/// </summary>
/// <param name="Recipient">Whose message it is.</param>
/// <param name="Number">The attempt within the recipient's run, from 1.</param>
public readonly record struct AttemptId(RecipientId Recipient, int Number)
{
    /// <summary>Reads the form that <see cref="ToString"/> writes; false for anything else.</summary>
    public static bool TryParse(string? text, out AttemptId id)
    {
        id = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !RecipientId.TryParse(text.AsSpan(0, slash), out var recipient)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1)
        {
            return false;
        }

        id = new(recipient, number);
        return true;
    }

    /// <summary>At most 47 characters.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Recipient.Value}/{Number}");
}
