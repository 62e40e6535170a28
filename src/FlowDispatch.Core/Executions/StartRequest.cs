using FlowDispatch.Contacts;

namespace FlowDispatch.Executions;

/// <summary>How an automation is to be started.</summary>
public sealed record StartRequest
{
    /// <summary>Most people of a test run.</summary>
    public const int MaxTestContacts = 1_000;

    /// <summary>True sends only to <see cref="TestContactIds"/> and stays out of the automation's totals. Default false.</summary>
    public bool TestMode { get; init; }

    /// <summary>Who a test run reaches, 1 to 1,000; empty unless it is one.</summary>
    public IReadOnlyList<ContactId> TestContactIds { get; init; } = [];
}
