using System.Text;
using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

public sealed class CsvFileTests
{
    [Fact]
    public async Task A_row_has_its_number_its_contact_and_its_values_as_written()
    {
        var row = Assert.Single(await Read.CsvAsync("Nome;Telefone;E-mail;Idioma;Saldo R$\n Ana Lima ;(11) 99999-9999;ana@example.com;pt-BR; 10,50\n"));

        Assert.Equal(2, row.Line);
        Assert.Equal("(11) 99999-9999", row.PhoneText);
        Assert.Equal("5511999999999", row.Number);
        Assert.Null(row.Reason);
        Assert.Equal("Ana Lima", row.Name);
        Assert.Equal("ana@example.com", row.Email);
        Assert.Equal("pt-BR", row.Language);
        Assert.Equal(
            [new("Nome", " Ana Lima "), new("Telefone", "(11) 99999-9999"), new("E-mail", "ana@example.com"), new("Idioma", "pt-BR"), new("Saldo R$", " 10,50")],
            row.Values);
    }

    [Fact]
    public async Task Quoted_values_hold_separators_line_breaks_and_quotes()
    {
        var rows = await Read.CsvAsync("phone,name,note\n5511999999901,\"Lima, Ana\",\"first\nsecond\"\n\"5511999999902\",\"Bia \"\"B\"\" Souza\",\"\"\r\n5511999999903,Caio 5\",x\n");

        Assert.Equal(["Lima, Ana", "Bia \"B\" Souza", "Caio 5\""], rows.Select(r => r.Name));
        Assert.Equal(["first\nsecond", "", "x"], rows.Select(r => r.Values["note"]));
        Assert.Equal([2, 4, 5], rows.Select(r => r.Line));
        Assert.All(rows, row => Assert.Null(row.Reason));
    }

    [Theory]
    [InlineData(';')]
    [InlineData(',')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task The_separator_is_the_header_s(char separator)
    {
        var others = ";,\t|".Replace(separator.ToString(), "", StringComparison.Ordinal);
        var rows = await Read.CsvAsync($"phone{separator}name{separator}\"a{others}{others}b\"{separator}c\n5511999999999{separator}Ana{others}x\n");

        Assert.Equal($"Ana{others}x", Assert.Single(rows).Name);
    }

    [Fact]
    public async Task A_first_line_may_declare_the_separator()
    {
        var rows = await Read.CsvAsync("sep=;\r\nphone;name\r\n5511999999999;Lima, Ana\r\n");

        var row = Assert.Single(rows);
        Assert.Equal((3, "Lima, Ana"), (row.Line, row.Name));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Lines_end_with_any_line_break(string end)
    {
        var rows = await Read.CsvAsync($"phone,name{end}5511999999901,\"a{end}b\"{end}{end}5511999999902,c{end}5511999999903,d");

        Assert.Equal([2, 5, 6], rows.Select(r => r.Line));
        Assert.Equal([$"a{end}b", "c", "d"], rows.Select(r => r.Name));
    }

    [Theory]
    [InlineData("phone", "phone")]
    [InlineData("a,Telefone,phone", "phone")]
    [InlineData("numero,whatsapp,celular", "celular")]
    [InlineData("a,Telefone,b", "Telefone")]
    [InlineData("phone,phone", "phone")]
    [InlineData("a,CELULAR", "CELULAR")]
    [InlineData("a,WhatsApp", "WhatsApp")]
    [InlineData("a,whatsapp_id", "whatsapp_id")]
    [InlineData("a,WhatsApp ID", "WhatsApp ID")]
    [InlineData("a,Number", "Number")]
    [InlineData("a, Número ,b", "Número")]
    [InlineData("a,Nu\u0301mero", "Nu\u0301mero")]
    [InlineData("a,b", "a")]
    [InlineData("a,phone number", "a")]
    public async Task The_number_is_in_the_column_whose_name_comes_first_in_the_list_else_in_the_first(string header, string column) =>
        Assert.Equal(column, (await Read.OpenAsync(header)).PhoneColumn);

    [Theory]
    [InlineData("Fone 2")]
    [InlineData("fone 2")]
    [InlineData("FONÉ-2")]
    public async Task The_number_s_column_can_be_named(string wanted)
    {
        var row = Assert.Single(await Read.CsvAsync("phone,Fone 2\n5511999999901,5511999999902\n", wanted));

        Assert.Equal("5511999999902", row.Number);
    }

    [Fact]
    public async Task A_named_column_that_is_not_there_is_refused_with_those_that_are()
    {
        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.CsvAsync("phone,name\n", "mobile"));

        Assert.Contains("'mobile'", error.Message, StringComparison.Ordinal);
        Assert.Contains("phone, name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_and_empty_headers_get_names_of_their_own()
    {
        var file = await Read.OpenAsync("phone,tag,,tag,tag_2,tag,\n5511999999999,a,b,c,d,e,f\n");

        Assert.Equal(["phone", "tag", "column_3", "tag_3", "tag_2", "tag_4", "column_7"], file.Columns);
        Assert.Equal(["5511999999999", "a", "b", "c", "d", "e", "f"], Assert.Single(await file.RowsAsync()).Values.Values);
    }

    [Theory]
    [InlineData("phone,name\n\n,\n \t ,\"\"\n,,,\n")]
    [InlineData("phone,name")]
    [InlineData("\n \n phone,name\n")]
    public async Task Rows_without_any_value_are_nothing(string text) => Assert.Empty(await Read.CsvAsync(text));

    [Fact]
    public async Task A_short_row_lacks_its_last_values_and_extra_separators_are_harmless()
    {
        var rows = await Read.CsvAsync("phone,name,note\n5511999999901\n5511999999902,Ana,x,, \n");

        Assert.Equal(["phone"], rows[0].Values.Keys);
        Assert.Null(rows[0].Name);
        Assert.Equal(["phone", "name", "note"], rows[1].Values.Keys);
    }

    [Fact]
    public async Task A_row_with_more_values_than_the_header_is_refused()
    {
        var rows = await Read.CsvAsync("phone,name\n5511999999901,Lima, Ana\n5511999999902,Bia\n");

        Assert.Contains("3 values", rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal((2, "5511999999901"), (rows[0].Line, rows[0].PhoneText));
        Assert.Equal("5511999999902", rows[1].Number);
    }

    [Fact]
    public async Task A_row_without_a_number_is_refused()
    {
        var row = Assert.Single(await Read.CsvAsync("phone,name\n,Ana\n"));

        Assert.Null(row.Number);
        Assert.Contains("no phone number", row.Reason, StringComparison.Ordinal);
        Assert.Empty(row.Values);
    }

    [Fact]
    public async Task Text_after_a_closing_quote_is_refused_and_reading_goes_on()
    {
        var rows = await Read.CsvAsync("phone,name\n5511999999901,\"Ana\" Lima\n5511999999902,Bia\n");

        Assert.Contains("closing quote", rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal((2, "5511999999901"), (rows[0].Line, rows[0].PhoneText));
        Assert.Equal("5511999999902", rows[1].Number);
    }

    [Fact]
    public async Task A_quote_that_is_closed_by_the_next_one_is_refused_with_the_lines_it_took()
    {
        var rows = await Read.CsvAsync("phone,name\n5511999999901,\"Ana\n5511999999902,\"Bia\"\n5511999999903,Caio\n");

        Assert.Equal(2, rows[0].Line);
        Assert.Contains("line 3", rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal((4, "5511999999903"), (rows[1].Line, rows[1].Number));
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_in_a_small_file_is_refused_with_the_lines_it_took()
    {
        var rows = await Read.CsvAsync("phone,name,x\n5511999999901,5\",\"Ana\n5511999999902,Bia\n5511999999903,Caio");

        var row = Assert.Single(rows);
        Assert.Equal(2, row.Line);
        Assert.Contains("line 4", row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n  \n")]
    [InlineData("\uFEFF")]
    [InlineData("sep=;\n")]
    public async Task A_file_without_a_header_is_refused(string text)
    {
        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync(text));

        Assert.Contains("header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_with_a_malformed_quote_is_refused()
    {
        var error = await Assert.ThrowsAsync<ContactFileException>(() => Read.OpenAsync("phone,\"na\"me\n5511999999901,Ana\n"));

        Assert.Equal(1, error.Line);
    }

    [Theory]
    [InlineData("name", 255)]
    [InlineData("email", 320)]
    [InlineData("language", 35)]
    [InlineData("note", 32_767)]
    public async Task A_value_that_is_too_long_is_refused_and_reading_goes_on(string column, int longest)
    {
        var rows = await Read.CsvAsync(
            $"phone,{column}\n5511999999901,{new string('x', longest)}\n5511999999902,{new string('x', longest + 1)}\n5511999999903,x\n");

        Assert.Equal([null, $"Column '{column}' has {longest + 1:N0} characters; at most {longest:N0} are taken.", null], rows.Select(r => r.Reason));
    }

    [Fact]
    public async Task Decoded_text_is_read_like_bytes()
    {
        var file = await new ContactFileReader(new("BR")).OpenAsync(
            new StringReader("\uFEFFphone;name\n11999999999;São João 😀\n"), new(), TestContext.Current.CancellationToken);

        var row = Assert.Single(await file.RowsAsync());
        Assert.Equal(["phone", "name"], file.Columns);
        Assert.Equal(("5511999999999", "São João 😀"), (row.Number, row.Name));
    }

    [Fact]
    public async Task How_the_bytes_arrive_does_not_matter()
    {
        var text = Encoding.UTF8.GetBytes("\r\nTelefone;Nome;Nota\r\n11999999901;\"São; João\";\"a\r\nb \"\"c\"\"\"\r\n\r\n11999999902;Zoë 😀;x\r11999999903;\"a\"b;y\n;;\n1;2;3;4\n");
        var whole = await Read.OpenAsync(text).RowsAsync();

        foreach (var most in new[] { 1, 2, 3, 7 })
        {
            var file = await Read.OpenAsync(new GeneratedStream([text], most));
            var parts = await file.RowsAsync();

            Assert.Equal(["Telefone", "Nome", "Nota"], file.Columns);
            Assert.Equal(whole.Select(Describe), parts.Select(Describe));
        }

        Assert.Equal([3, 6, 7, 9], whole.Select(r => r.Line));
    }

    [Fact]
    public async Task What_a_plain_writer_wrote_is_read_back()
    {
        var random = new Random(41);
        const string Alphabet = "ab;,|\t\"\r\n é😀'=";
        var letters = Alphabet.EnumerateRunes().Select(r => r.ToString()).ToArray();
        var values = Enumerable.Range(0, 500)
            .Select(_ => Enumerable.Range(0, 3).Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => letters[random.Next(letters.Length)]))).ToArray())
            .ToArray();
        var text = "phone;a;b;c\n" + string.Concat(values.Select(v => $"5511999999999;{string.Join(';', v.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))}\n"));

        var rows = await Read.CsvAsync(text);

        Assert.Equal(values, rows.Select(r => r.Values.Values.Skip(1).Cast<string>().ToArray()));
    }

    [Fact]
    public async Task Reading_stops_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var file = await Read.OpenAsync("phone\n" + string.Concat(Enumerable.Repeat("5511999999999\n", 100_000)));
        var count = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in file.ReadAsync(source.Token))
            {
                count++;
                await source.CancelAsync();
            }
        });

        Assert.InRange(count, 1, 99_999);
    }

    private static string Describe(ContactRow row) =>
        $"{row.Line} {row.PhoneText} {row.Number} {row.Reason} {row.Name} {string.Join('|', row.Values.Select(v => $"{v.Key}={v.Value}"))}";
}
