namespace FlowDispatch.Sample.Simulator;

/// <summary>What a person writes. Without <paramref name="PhoneNumberId"/> it goes to the business number that last wrote to them.</summary>
internal sealed record Reply(string From, string Text, string? InReplyTo = null, string? PhoneNumberId = null, string? Name = null);
