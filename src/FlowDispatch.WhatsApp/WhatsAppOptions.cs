namespace FlowDispatch.WhatsApp;

/// <summary>How to reach the WhatsApp Business Cloud API, and which numbers of it are ours. Bindable from a section <c>WhatsApp</c>.</summary>
public sealed class WhatsAppOptions
{
    /// <summary>Where requests go, an absolute http or https address. Default <c>https://graph.facebook.com</c>.</summary>
    public string BaseUrl { get; set; } = "https://graph.facebook.com";

    /// <summary>The path segment before the number's id, like <c>v25.0</c> (the default). Empty leaves it out.</summary>
    public string? ApiVersion { get; set; } = "v25.0";

    /// <summary>The app's secret that webhooks are signed with. Without it every webhook is refused. A secret: never logged.</summary>
    public string? AppSecret { get; set; }

    /// <summary>The token the provider must show when it asks whether a webhook address is ours. Without it the question is refused. A secret.</summary>
    public string? VerifyToken { get; set; }

    /// <summary>
    /// How long one send may take, connecting and reading the answer included. Default 30 s; from 1 s to 5 min. What was
    /// handed over but not answered by then is in doubt, so short limits cost certainty.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When to stop knocking at a provider that is down; kept for each number on its own.</summary>
    public WhatsAppCircuitOptions Circuit { get; set; } = new();

    /// <summary>The business numbers to send from.</summary>
    public IList<WhatsAppNumber> Numbers { get; } = [];
}
