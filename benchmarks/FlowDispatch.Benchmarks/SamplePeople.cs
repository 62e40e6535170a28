using System.Globalization;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.Benchmarks;

/// <summary>People with name, e-mail, number and four custom fields, the n-th always the same, and a mapping of five variables over them.</summary>
internal static class SamplePeople
{
    public const string Organization = "benchmark";

    private static readonly string[] FirstNames = ["Ana", "Bruno", "Carla", "Diego", "Elisa", "Fabio", "Gabriela", "Heitor", "Iris", "João"];
    private static readonly string[] LastNames = ["Silva", "Souza", "Costa", "Santos", "Oliveira", "Pereira", "Lima"];

    /// <summary>By workload: a field, a custom field, a constant, filters, a condition.</summary>
    public static IReadOnlyDictionary<string, string> Templates { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a"] = "{{contact.name}}",
        ["b"] = "{{contact.custom_fields.loyalty_points}}",
        ["c"] = "10%",
        ["filters"] = "{{ contact.name | split: ' ' | first | capitalize }}",
        ["if"] = "{% if contact.custom_fields.points > 100 %}Gold{% else %}Silver{% endif %}",
    };

    /// <summary>The mapping of those of <see cref="Templates"/> that are named.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Mapping(params IEnumerable<string> names) =>
        names.ToDictionary(n => n, n => JsonSerializer.SerializeToElement(Templates[n]), StringComparer.Ordinal);

    public static ContactUpsert Upsert(int number) => new()
    {
        WhatsAppId = Phone(number),
        Name = Name(number),
        Email = Email(number),
        CustomFields = Fields(number),
    };

    public static Contact Contact(int number) => new()
    {
        Id = new(new Guid(number, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 0])),
        OrganizationId = Organization,
        WhatsAppId = Phone(number),
        Name = Name(number),
        Email = Email(number),
        CustomFields = Fields(number),
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private static string Phone(int number) => string.Create(CultureInfo.InvariantCulture, $"55119{10_000_000 + number}");

    private static string Name(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{FirstNames[number % FirstNames.Length]} {LastNames[number % LastNames.Length]} {number}");

    private static string Email(int number) => string.Create(CultureInfo.InvariantCulture, $"person{number}@example.org");

    private static Dictionary<string, object?> Fields(int number) => new(StringComparer.Ordinal)
    {
        ["loyalty_points"] = (long)(number % 5_000),
        ["points"] = (long)(number % 200),
        ["city"] = "São Paulo",
        ["segment"] = "retail",
    };
}
