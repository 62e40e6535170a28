using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

public sealed class ListFileTests
{
    [Theory]
    [InlineData("11999999901\n\n  \n+55 11 99999-9902\n")]
    [InlineData("11999999901\r\n\r\n\r\n+55 11 99999-9902")]
    [InlineData("11999999901\r\r\r+55 11 99999-9902\r")]
    [InlineData("11999999901,\n\n,;\n+55 11 99999-9902,\n")]
    public async Task One_number_a_line_has_the_line_s_number(string text)
    {
        var rows = await Read.ListAsync(text);

        Assert.Equal(["5511999999901", "5511999999902"], rows.Select(r => r.Number));
        Assert.Equal([1, 4], rows.Select(r => r.Line));
        Assert.All(rows, row => Assert.Empty(row.Values));
    }

    [Fact]
    public async Task Numbers_that_share_a_line_have_positions_of_their_own()
    {
        var rows = await Read.ListAsync("11999999901, 11999999902;11999999903\t11999999904\n11999999905\n");

        Assert.Equal([1, 2, 3, 4, 5], rows.Select(r => r.Line));
        Assert.Equal(["5511999999901", "5511999999902", "5511999999903", "5511999999904", "5511999999905"], rows.Select(r => r.Number));
    }

    [Fact]
    public async Task What_is_no_number_is_refused_with_its_line()
    {
        var rows = await Read.ListAsync("11999999901\nabc\n123\n");

        Assert.Equal([null, 2, 3], rows.Select(r => r.Number is null ? r.Line : (int?)null));
        Assert.Equal(["11999999901", "abc", "123"], rows.Select(r => r.PhoneText));
    }

    [Fact]
    public async Task A_list_has_no_columns()
    {
        var file = await Read.OpenAsync("phone\n11999999901", new() { Mode = ContactFileMode.List });

        Assert.Empty(file.Columns);
        Assert.Null(file.PhoneColumn);
    }

    [Fact]
    public async Task An_endless_entry_is_refused_in_little_memory()
    {
        var part = Enumerable.Repeat((byte)'9', 65_536).ToArray();
        using var body = new GeneratedStream([.. Enumerable.Repeat(part, 500), "\n11999999901\n"u8.ToArray()]);

        var rows = await Read.OpenAsync(body, new() { Mode = ContactFileMode.List }).RowsAsync();

        Assert.Equal([null, "5511999999901"], rows.Select(r => r.Number));
        Assert.InRange(rows[0].PhoneText.Length, 1, 101);
    }

    [Fact]
    public async Task A_number_followed_by_far_away_text_is_refused() =>
        Assert.Null(Assert.Single(await Read.ListAsync("11999999901" + new string(' ', 1_000) + "9")).Number);
}
