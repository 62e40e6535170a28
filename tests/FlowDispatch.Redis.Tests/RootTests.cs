using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Tests;

public sealed class RootTests
{
    [Fact]
    public void Roots_have_one_pair_of_braces_whatever_ids_hold_and_no_two_are_alike()
    {
        using var connection = new RedisConnection(new() { Configuration = "localhost" }, TimeProvider.System);
        string[] ids = ["a", "{a", "a}", "{a}", "}a{", "%a", "%7Ba", "%257Ba", "%25257Ba", "a%7D", "a%257D", "%25", "%2525", "%", "{%25}", "%%7B", "%{"];

        var roots = ids.Select(id => connection.Root("c:" + id).ToString()).ToList();

        Assert.Equal(roots.Count, roots.Distinct(StringComparer.Ordinal).Count());
        Assert.All(roots, root => Assert.Equal((3, root.Length - 2), (root.LastIndexOf('{'), root.IndexOf('}', StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("line-1:2/x")]
    [InlineData("100%")]
    public void Ordinary_ids_stand_as_they_are(string id)
    {
        using var connection = new RedisConnection(new() { Configuration = "localhost" }, TimeProvider.System);

        Assert.Equal($"fd:{{c:{id}}}:", connection.Root("c:" + id).ToString());
    }
}
