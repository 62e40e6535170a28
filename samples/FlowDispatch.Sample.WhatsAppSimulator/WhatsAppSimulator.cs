namespace FlowDispatch.Sample.Simulator;

/// <summary>A stand-in for the provider, for hosts that run it in their own process: see <c>AddWhatsAppSimulator</c> and <c>MapWhatsAppSimulator</c>.</summary>
public sealed class WhatsAppSimulator
{
    private readonly Ledger _ledger;
    private Uri? _callbackUrl;

    internal WhatsAppSimulator(Ledger ledger, Dice dice, Uri? callbackUrl)
    {
        _ledger = ledger;
        Dice = dice;
        _callbackUrl = callbackUrl;
    }

    /// <summary>Where webhooks are posted; a host sets it once it knows its own address. Until then, and while null, receipts are owed.</summary>
    /// <exception cref="ArgumentException">It is not an absolute http or https address.</exception>
    public Uri? CallbackUrl
    {
        get => Volatile.Read(ref _callbackUrl);
        set
        {
            if (value is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https" }))
            {
                throw new ArgumentException($"CallbackUrl is {value}; it must be an absolute http or https address.", nameof(value));
            }

            Volatile.Write(ref _callbackUrl, value);
            _ledger.Wake();
        }
    }

    /// <summary>How it behaves from now on; for messages already accepted only <see cref="SimulatorBehavior.HoldReceipts"/> matters.</summary>
    /// <exception cref="ArgumentException">Something in it is out of range.</exception>
    public SimulatorBehavior Behavior
    {
        get => Dice.Behavior;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Problem() is { } problem)
            {
                throw new ArgumentException(problem, nameof(value));
            }

            Dice.Behavior = value;
            _ledger.Wake();
        }
    }

    internal Dice Dice { get; }

    /// <summary>Forgets all messages, receipts owed and counts, and behaves as at start.</summary>
    public void Reset()
    {
        _ledger.Reset();
        Dice.Reset();
        _ledger.Wake();
    }
}
