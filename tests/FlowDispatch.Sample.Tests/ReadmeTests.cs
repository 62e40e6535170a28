using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FlowDispatch.Sample.Tests;

public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_snippet_of_the_README_stands_in_a_source_that_compiles()
    {
        var root = Root();
        var sources = Directory.GetFiles(Path.Combine(root, "samples", "FlowDispatch.Sample.Snippets"), "*.cs").Select(File.ReadAllText).ToList();

        var snippets = Snippet().Matches(File.ReadAllText(Path.Combine(root, "README.md"))).Select(m => m.Groups["code"].Value).ToList();

        Assert.Equal(4, snippets.Count);
        Assert.All(snippets, snippet => Assert.Contains(sources, source => source.Contains(snippet, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_README_shows_code_by_line_40()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "README.md"));

        Assert.InRange(Array.IndexOf(lines, "```csharp"), 0, 39);
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Snippet();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
