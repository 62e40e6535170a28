namespace FlowDispatch.Contacts;

/// <summary>What is kept of an erased contact: that the person must not be written to. Stores keep it under <see cref="NumberDigest"/>.</summary>
/// <param name="OptedOut">The person had opted out.</param>
/// <param name="Blocked">The organization had blocked them.</param>
public readonly record struct KeptSuppression(bool OptedOut, bool Blocked)
{
    private const string Source = "erasure";

    /// <summary>True where there is nothing to keep.</summary>
    public bool IsNone => !OptedOut && !Blocked;

    /// <summary>As one number: 1 opted out, 2 blocked, 3 both.</summary>
    public int Code => (OptedOut ? 1 : 0) | (Blocked ? 2 : 0);

    /// <summary>What must be kept of a contact.</summary>
    public static KeptSuppression Of(Contact contact)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return new(!contact.OptedIn, contact.Blocked);
    }

    /// <summary>What <see cref="Code"/> said.</summary>
    public static KeptSuppression FromCode(int code) => new((code & 1) != 0, (code & 2) != 0);

    /// <summary>A contact that got the number of an erased one, as it is kept.</summary>
    public Contact ApplyTo(Contact contact, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var kept = contact;
        if (OptedOut && (kept.OptedIn || kept.OptSource is null))
        {
            kept = kept with { OptedIn = false, OptChangedAt = now, OptReason = null, OptSource = Source };
        }

        return Blocked && !kept.Blocked ? kept with { Blocked = true, BlockChangedAt = now, BlockReason = null } : kept;
    }
}
