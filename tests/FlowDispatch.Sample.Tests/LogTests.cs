using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Sample.Tests;

/// <summary>What all packages log, read from their assemblies: each folder of <c>src</c> is one.</summary>
public sealed partial class LogTests
{
    private static readonly IReadOnlyList<(MethodInfo Method, LoggerMessageAttribute Message)> Messages =
    [
        .. Directory.GetDirectories(Path.Combine(Root(), "src"))
            .SelectMany(folder => Assembly.Load(Path.GetFileName(folder)).GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method, method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(m => m.Item2 is not null),
    ];

    [Fact]
    public void No_two_messages_share_an_id_and_each_is_in_its_packages_range()
    {
        Assert.NotEmpty(Messages);
        Assert.Empty(Messages.GroupBy(m => m.Message.EventId).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(Messages, m => Assert.Equal(m.Method.DeclaringType!.Assembly.GetName().Name, (m.Message.EventId / 1_000) switch
        {
            1 => "FlowDispatch.Core",
            2 => "FlowDispatch.EntityFramework",
            3 => "FlowDispatch.Redis",
            4 => "FlowDispatch.WhatsApp",
            5 => "FlowDispatch.AspNetCore",
            _ => null,
        }));
    }

    [Fact]
    public void Every_message_stands_in_docs_telemetry_with_its_id_and_level_and_no_other_does()
    {
        var page = File.ReadAllLines(Path.Combine(Root(), "docs", "telemetry.md"));

        var described = page.Where(line => Row().IsMatch(line));
        var written = Messages.OrderBy(m => m.Message.EventId).Select(m => $"| {m.Message.EventId} | {JsonText.Word(m.Message.Level)} | {m.Message.Message} |");

        Assert.Equal(written, described);
    }

    [Fact]
    public void No_message_has_a_place_for_a_number_a_name_or_a_text_of_a_person()
    {
        Assert.All(Messages.SelectMany(m => m.Method.GetParameters().Skip(1)), p => Assert.False(
            Personal().IsMatch(p.Name!) || p.ParameterType.Name is "Contact" or "Recipient" or "OutgoingMessage" or "InboundEvent" or "InboxEntry",
            $"{p.Member.Name} logs {p.ParameterType.Name} {p.Name}."));
    }

    [GeneratedRegex(@"^\| \d{4} \|", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();

    [GeneratedRegex("^(?:to|from)$|phone|whatsAppId|contactName|firstName|email|text|body|content|variable|query|token|secret", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Personal();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
