using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Tests.Recipients;

public sealed partial class ReasonCatalogueTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    [Fact]
    public void Every_code_is_in_the_catalogue_once_and_nothing_else_is()
    {
        var codes = typeof(ReasonCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!);

        Assert.Equal(codes.Order(), ReasonCatalogue.All.Select(r => r.Code).Order());
    }

    [Fact]
    public void Every_reason_is_a_sentence_of_its_own_in_both_languages() => Assert.All(ReasonCatalogue.All, reason =>
    {
        Assert.Matches("^[a-z_*]+$", reason.Code);
        Assert.Matches(@"^\p{Lu}.*\.$", reason.TextEn);
        Assert.Matches(@"^\p{Lu}.*\.$", reason.TextPt);
        Assert.Single(ReasonCatalogue.All, r => r.TextEn == reason.TextEn || r.TextPt == reason.TextPt);
    });

    [Theory]
    [InlineData("http_503", "http_*")]
    [InlineData("retry", "retry")]
    [InlineData("131026", null)]
    [InlineData(null, null)]
    public void Only_our_own_codes_are_found(string? code, string? found) => Assert.Equal(found, ReasonCatalogue.Find(code)?.Code);

    [Fact]
    public void The_table_of_the_documentation_is_the_catalogue()
    {
        var table = File.ReadLines(Path.Combine(Root, "docs", "reasons.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(ReasonCatalogue.All.Select(r => $"| `{r.Code}` | {JsonText.Word(r.Kind)} | {r.TextEn} | {r.TextPt} |"), table);
    }

    [Fact]
    public void No_source_says_why_by_a_code_that_the_catalogue_does_not_hold()
    {
        var sources = Directory.GetFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, f => Assert.Empty(CodeInWords().Matches(File.ReadAllText(f)).Select(m => m.Value)));
    }

    // Where a code is expected stands a literal instead of a constant of ReasonCodes.
    [GeneratedRegex(
        """(SendResult\.(Rejected|Failed|Throttled|ChannelRefused)\(|GateDecision\.Never\(|(Reason|ErrorCode|WaitingReason) = |RecipientRules\.(Skip|Defer|Failed)\([^"\n]*|SendOutcome\.NotSent\([^"\n]*)\s*\$?"[a-z_{]""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodeInWords();

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
