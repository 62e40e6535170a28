namespace FlowDispatch.Sample.Simulator;

/// <summary>Where the simulator keeps its messages, whom it tells about them and how patiently.</summary>
public sealed class WhatsAppSimulatorOptions
{
    /// <summary>The file of accepted messages and receipts owed; its folder is created. Default <c>data/whatsapp-simulator.jsonl</c> under the working directory. One process at a time.</summary>
    public string JournalPath { get; set; } = Path.Combine("data", "whatsapp-simulator.jsonl");

    /// <summary>
    /// Where other processes have the file: keep the next one that nobody has (<c>whatsapp-simulator-2.jsonl</c>, <c>-3</c>, …) rather
    /// than not to start. Each simulator then knows its own messages and owes their receipts. Default false.
    /// </summary>
    public bool NextFreeJournal { get; set; }

    /// <summary>Where webhooks are posted; without one they are owed until <see cref="WhatsAppSimulator.CallbackUrl"/> is set.</summary>
    public Uri? CallbackUrl { get; set; }

    /// <summary>The key of <c>X-Hub-Signature-256</c>; must be what the receiver checks with. Default <c>flowdispatch-test-secret</c>.</summary>
    public string AppSecret { get; set; } = "flowdispatch-test-secret";

    /// <summary>The business account named in webhooks.</summary>
    public string BusinessAccountId { get; set; } = "900100200300400";

    /// <summary>The business number shown in webhooks, digits only; a message to itself is refused (131021).</summary>
    public string DisplayPhoneNumber { get; set; } = "15550100999";

    /// <summary>The wait after a webhook failed for the first time; it doubles each time. Default 1 s.</summary>
    public TimeSpan RedeliveryFirst { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries. Default 10 s, where the real provider becomes ever rarer.</summary>
    public TimeSpan RedeliveryMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>When a receipt this overdue fails again it is given up. Default 7 days.</summary>
    public TimeSpan RedeliveryLimit { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long the receiver has for its answer, by the machine's clock. Default 10 s.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Receipts that fall due within this time travel together. Default 50 ms; 1 ms to 10 s.</summary>
    public TimeSpan BatchWindow { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Receipts in one webhook at most. Default 100; 1 to 1,000.</summary>
    public int ReceiptsPerWebhook { get; set; } = 100;

    /// <summary>Webhooks in flight at once at most. Default 4; 1 to 64. More than one can overtake each other, between messages but never within one.</summary>
    public int WebhooksInFlight { get; set; } = 4;

    /// <summary>Makes every random choice repeatable for the same order of requests; message ids stay unique. Default: none.</summary>
    public int? Seed { get; set; }

    /// <summary>How it behaves at start and after a reset; the control API changes it while it runs.</summary>
    public SimulatorBehavior Behavior { get; set; } = new();
}
