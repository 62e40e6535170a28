using System.Text;
using System.Text.Json.Nodes;

namespace FlowDispatch.WhatsApp.Tests;

/// <summary>The bodies that the Cloud API documents, with invented ids.</summary>
internal static class Sample
{
    public const string PhoneNumberId = "111222333444555";

    private static readonly JsonNode All = Load();

    public static JsonNode Of(string name) => All[name]!.DeepClone();

    public static string Text(string name) => Of(name).ToJsonString();

    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(Text(name));

    private static JsonNode Load()
    {
        using var stream = typeof(Sample).Assembly.GetManifestResourceStream("samples.json")!;
        return JsonNode.Parse(stream)!;
    }
}
