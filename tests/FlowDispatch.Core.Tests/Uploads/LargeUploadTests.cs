using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

public sealed class LargeUploadTests
{
    [Fact]
    public async Task Rows_are_handed_out_as_they_arrive_and_then_forgotten()
    {
        const int Rows = 200_000;
        using var body = new GeneratedStream(Parts(Rows));
        var file = await Read.OpenAsync(body);
        var tally = new UploadTally(file.Columns);
        WeakReference? early = null;
        long ahead = 0;

        var count = 0;
        await foreach (var row in file.ReadAsync(TestContext.Current.CancellationToken))
        {
            tally.Add(row);
            count++;
            if (count == 1_000)
            {
                early = Watch(row);
            }

            ahead = Math.Max(ahead, body.BytesRead - (count * 60L)); // a row has 60 bytes or a few more
        }

        GC.Collect();

        var upload = tally.ToUpload(new(Guid.Empty), "acme", DateTimeOffset.UnixEpoch);
        Assert.Equal((Rows, Rows, 0, 0), (upload.Rows, upload.Accepted, upload.Duplicates, upload.Invalid));
        Assert.InRange(ahead, 1, 4 << 20);
        Assert.False(early?.IsAlive);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_ends_the_upload_in_little_memory()
    {
        var filler = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("5511999999999,Ana\n", 3_000)));
        using var body = new GeneratedStream(["phone,name\n5511999999901,Ana\n5511999999902,\"Bia\n"u8.ToArray(), .. Enumerable.Repeat(filler, 4_000)]);
        var file = await Read.OpenAsync(body);
        var rows = new List<ContactRow>();

        var error = await Assert.ThrowsAsync<ContactFileException>(async () =>
        {
            await foreach (var row in file.ReadAsync(TestContext.Current.CancellationToken))
            {
                rows.Add(row);
            }
        });

        Assert.Equal("5511999999901", Assert.Single(rows).Number);
        Assert.Equal(3, error.Line);
        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("quote", error.Message, StringComparison.Ordinal);
        Assert.InRange(body.BytesRead, 0, 4 << 20);
    }

    [Fact]
    public async Task A_header_that_never_ends_is_refused_in_little_memory()
    {
        using var body = new GeneratedStream(Enumerable.Repeat(Encoding.ASCII.GetBytes(new string('x', 65_536)), 4_000));

        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync(body));

        Assert.Equal(1, error.Line);
        Assert.InRange(body.BytesRead, 0, 4 << 20);
    }

    [Fact]
    public async Task A_header_with_too_many_columns_is_refused()
    {
        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync("phone" + new string(',', 256)));

        Assert.Contains("257 columns", error.Message, StringComparison.Ordinal);
        Assert.Equal(256, (await Read.OpenAsync("phone" + new string(',', 255))).Columns.Count);
    }

    [Fact]
    public async Task A_header_s_name_that_is_too_long_is_refused() =>
        await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync("phone," + new string('x', 256)));

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1_000)]
    public async Task A_row_is_too_long_by_its_length_not_by_how_it_arrives(int most)
    {
        var value = $"\"{new string('x', 32_765)}\",";
        var fits = "5511999999901," + string.Concat(Enumerable.Repeat(value, 7)) + "\n";
        var tooLong = "5511999999902," + string.Concat(Enumerable.Repeat(value, 8)) + "\n";
        using var body = new GeneratedStream([Encoding.ASCII.GetBytes("phone,a,b,c,d,e,f,g,h,i\n" + fits + tooLong)], most);
        var file = await Read.OpenAsync(body);
        var rows = new List<ContactRow>();

        var error = await Assert.ThrowsAsync<ContactFileException>(async () =>
        {
            await foreach (var row in file.ReadAsync(TestContext.Current.CancellationToken))
            {
                rows.Add(row);
            }
        });

        Assert.Equal("5511999999901", Assert.Single(rows).Number);
        Assert.Equal(3, error.Line);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("\"\",")]
    [InlineData("a\",")]
    [InlineData("\"a\"b,")]
    public async Task Rows_of_very_many_values_are_refused_quickly(string value)
    {
        var row = Encoding.ASCII.GetBytes("5511999999901," + string.Concat(Enumerable.Repeat(value, 200_000 / value.Length)) + "x\n");
        using var body = new GeneratedStream(["phone,name\n"u8.ToArray(), .. Enumerable.Repeat(row, 20)]);

        var upload = await Read.TallyAsync(body);

        Assert.Equal((20, 20), (upload.Rows, upload.Invalid));
    }

    // In a method of its own, so that no temporary of the test keeps the row alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Watch(ContactRow row) => new(row.Values);

    private static IEnumerable<byte[]> Parts(int rows)
    {
        yield return "phone;name;email;cidade\n"u8.ToArray();
        var part = new StringBuilder();
        for (var i = 0; i < rows; i++)
        {
            part.Append(CultureInfo.InvariantCulture, $"55119{90_000_000 + i};\"Pessoa {i}; a\";p{i}@example.com;São Paulo\n");
            if (part.Length > 60_000 || i == rows - 1)
            {
                yield return Encoding.UTF8.GetBytes(part.ToString());
                part.Clear();
            }
        }
    }
}
