using System.Text.Json;

namespace FlowDispatch.Core.Tests.Simulations;

public sealed class MutationTests
{
    [Fact]
    public void Every_mutation_still_finds_the_line_that_it_breaks()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "FlowDispatch.sln")))
        {
            root = root.Parent;
        }

        using var mutations = JsonDocument.Parse(File.ReadAllText(Path.Combine(root.FullName, "eng", "FlowDispatch.Mutations", "mutations.json")));

        Assert.True(mutations.RootElement.GetArrayLength() >= 10);
        foreach (var mutation in mutations.RootElement.EnumerateArray())
        {
            var source = File.ReadAllText(Path.Combine(root.FullName, "src", "FlowDispatch.Core", mutation.GetProperty("file").GetString()!));
            Assert.Equal(2, source.Split(mutation.GetProperty("find").GetString()).Length);
        }
    }
}
