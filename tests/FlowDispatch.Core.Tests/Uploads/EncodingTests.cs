using System.Text;
using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

public sealed class EncodingTests
{
    private const string Text = "Número;Nome;Observação\n11999999999;José Conceição €;“ação” – ñ\n";

    private static readonly Encoding Ansi = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static TheoryData<string> Encodings => ["utf-8", "utf-8 bom", "utf-16le bom", "utf-16be bom", "windows-1252"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Accents_survive_in_every_encoding(string encoding)
    {
        var file = await Read.OpenAsync(Encode(encoding));
        var row = Assert.Single(await file.RowsAsync());

        Assert.Equal(["Número", "Nome", "Observação"], file.Columns);
        Assert.Equal("5511999999999", row.Number);
        Assert.Equal("José Conceição €", row.Name);
        Assert.Equal("“ação” – ñ", row.Values["Observação"]);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Accents_survive_byte_by_byte(string encoding)
    {
        var file = await Read.OpenAsync(new GeneratedStream([Encode(encoding)], most: 1));

        Assert.Equal("José Conceição €", Assert.Single(await file.RowsAsync()).Name);
    }

    [Fact]
    public async Task Windows_1252_pairs_that_look_like_UTF8_are_told_by_the_rest_of_the_file()
    {
        // "É–" is C9 96 in Windows-1252, which is a letter in UTF-8.
        var row = Assert.Single(await Read.CsvAsync(Ansi.GetBytes("phone;name\n11999999999;JOSÉ– João à força\n")));

        Assert.Equal("JOSÉ– João à força", row.Name);
    }

    [Fact]
    public async Task A_stray_byte_in_UTF8_is_read_as_Windows_1252_and_the_rest_stays_UTF8()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("phone;name\n11999999999;São João "), 0xE7, .. Encoding.UTF8.GetBytes(" Conceição\n")];

        Assert.Equal("São João ç Conceição", Assert.Single(await Read.CsvAsync(bytes)).Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Accents_after_the_first_megabyte_survive_in_both_encodings(int shift)
    {
        var filler = Encoding.ASCII.GetBytes("phone;name\n" + string.Concat(Enumerable.Repeat("5511999999999;Ana\n", 58_254)) + new string('x', shift) + "\n");
        Assert.InRange(filler.Length, (1 << 20) - 20, (1 << 20) + 20); // accents around the border of the first megabyte
        const string Last = "ção😀é;é\n5511999999998;José Conceição\n";

        var utf8 = await Read.OpenAsync(new GeneratedStream([filler, Encoding.UTF8.GetBytes(Last)], most: 4_096)).RowsAsync();
        var ansi = await Read.OpenAsync(new GeneratedStream([filler, Ansi.GetBytes(Last)], most: 4_096)).RowsAsync();

        Assert.Equal("José Conceição", utf8[^1].Name);
        Assert.Contains("ção😀é", utf8[^2].PhoneText, StringComparison.Ordinal);
        Assert.Equal("José Conceição", ansi[^1].Name);
    }

    [Fact]
    public async Task A_character_that_the_first_megabyte_cuts_in_two_is_no_sign_of_another_encoding()
    {
        var head = Encoding.UTF8.GetBytes("phone;name;note\n5511999999999;São;");
        byte[] bytes = [.. head, .. Enumerable.Repeat((byte)'x', 30_000), (byte)'\n'];
        var rows = Enumerable.Repeat(Encoding.ASCII.GetBytes("5511999999999;A\n"), ((1 << 20) - bytes.Length - 32) / 16);
        byte[] start = [.. bytes, .. rows.SelectMany(r => r)];
        byte[] last = [.. Encoding.ASCII.GetBytes("5511999999998;" + new string('x', (1 << 20) - start.Length - 15)), .. "ção"u8];
        Assert.Equal((1 << 20) + 4, start.Length + last.Length);

        var read = await Read.OpenAsync(new GeneratedStream([start, last], most: 10_000)).RowsAsync();

        Assert.Equal("São", read[0].Name);
        Assert.EndsWith("ção", read[^1].Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_is_refused_with_the_repair()
    {
        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync([0x50, 0x4B, 3, 4, 20, 0, 6, 0]));

        Assert.Contains("save the sheet as CSV", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused() =>
        await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync("phone\n55119\0\n"));

    [Fact]
    public async Task A_row_with_a_zero_character_is_refused_and_reading_goes_on()
    {
        var rows = await Read.CsvAsync([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("phone,name\n5511999999901,A\0\n5511999999902,B\n")]);

        Assert.Contains("zero byte", rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal("B", rows[1].Name);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_list_may_be_in_any_encoding(string encoding)
    {
        byte[] Bytes(string text) => Encode(encoding, text);
        var rows = await Read.OpenAsync(Bytes("11999999901\n11999999902\n"), new() { Mode = ContactFileMode.List }).RowsAsync();

        Assert.Equal(["5511999999901", "5511999999902"], rows.Select(r => r.Number));
    }

    private static byte[] Encode(string encoding, string text = Text) => encoding switch
    {
        "utf-8" => Encoding.UTF8.GetBytes(text),
        "utf-8 bom" => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
        "utf-16le bom" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
        "utf-16be bom" => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)],
        "windows-1252" => Ansi.GetBytes(text),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "There is no such case."),
    };
}
