using System.Globalization;
using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using FlowDispatch.Uploads;

namespace FlowDispatch.Store.Conformance;

/// <summary>Data that is whole and plain, for tests to change where they mean something by it.</summary>
public static class Some
{
    public const string Organization = "acme";
    public const string OtherOrganization = "globex";
    public const string Channel = "line-1";

    public static RunStep End { get; } = new RunStep.End("end", "completed");

    public static IReadOnlyList<FlowNode> Nodes { get; } =
    [
        new FlowNode.Start("start", "hello"),
        new FlowNode.Message("hello", "Olá, {{ name }} 👋", "offer"),
        new FlowNode.Template("offer", new() { Name = "offer", Language = "pt_BR", Parameters = [new(null, "{{ name }}")] }, "end"),
        new FlowNode.End("end", "converted"),
    ];

    public static string Number(int index) => string.Create(CultureInfo.InvariantCulture, $"5511{900_000_000 + index}");

    public static ContactUpsert Upsert(int index) => new() { WhatsAppId = Number(index), Name = $"Person {index}" };

    public static AutomationSettings Settings() => new() { Name = "Spring", FlowId = new(new Guid("01950000-0000-7000-8000-000000000001")), ChannelId = Channel };

    public static Automation Automation(TimeProvider time, AutomationSettings? settings = null, string organization = Organization) => new()
    {
        Id = AutomationId.New(time),
        OrganizationId = organization,
        Status = AutomationStatus.Draft,
        Settings = settings ?? Settings(),
        CreatedAt = time.GetUtcNow(),
        UpdatedAt = time.GetUtcNow(),
    };

    public static Execution Execution(TimeProvider time, Automation automation) => new()
    {
        Id = ExecutionId.New(time),
        OrganizationId = automation.OrganizationId,
        AutomationId = automation.Id,
        Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = Nodes },
        Status = ExecutionStatus.Queued,
        CreatedAt = time.GetUtcNow(),
    };

    public static Flow Flow(TimeProvider time, string organization = Organization) => new()
    {
        Id = FlowId.New(time),
        OrganizationId = organization,
        Name = "Welcome",
        Version = 1,
        Nodes = Nodes,
        CreatedAt = time.GetUtcNow(),
        UpdatedAt = time.GetUtcNow(),
    };

    public static Upload Upload(TimeProvider time, string organization = Organization) => new()
    {
        Id = UploadId.New(time),
        OrganizationId = organization,
        CreatedAt = time.GetUtcNow(),
    };

    public static IdempotencyEntry Answer(TimeProvider time, string key) => new()
    {
        Key = key,
        RequestHash = "digest",
        StatusCode = 202,
        ResponseBody = """{"id":"…"}""",
        CreatedAt = time.GetUtcNow(),
    };

    public static PlannedRecipient Planned(Contact contact) => new()
    {
        ContactId = contact.Id,
        PhoneNumber = contact.WhatsAppId,
        ContactName = contact.Name,
        Variables = new Dictionary<string, string> { ["name"] = contact.Name ?? "" },
    };

    public static InboundEvent.Receipt Receipt(TimeProvider time, ReceiptStatus status, string message = "wamid.1") => new()
    {
        ChannelId = Channel,
        At = time.GetUtcNow(),
        ProviderMessageId = message,
        Status = status,
    };

    public static InboundEvent.Reply Reply(TimeProvider time, string text = "sim") => new()
    {
        ChannelId = Channel,
        At = time.GetUtcNow(),
        ProviderMessageId = "wamid.reply",
        Text = text,
    };

    /// <summary>A value as text, to compare what equality of references would tell apart.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonText.Options);
}
