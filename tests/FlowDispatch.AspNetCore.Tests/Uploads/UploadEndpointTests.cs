using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FlowDispatch.Uploads;

namespace FlowDispatch.AspNetCore.Tests.Uploads;

public sealed class UploadEndpointTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Csv = "nome,telefone,cidade\nAna,11 98888-7777,São Paulo\nBia,(21) 97777-6666,Rio\nAna de novo,5511988887777,Campinas\n,12,\n,,\n";

    [Fact]
    public async Task A_csv_becomes_an_audience_of_contacts_with_their_rows()
    {
        var api = host.Fresh();

        var made = (await api.SendAsync("POST", "/uploads", Csv, "text/csv; charset=utf-8")).Expect(HttpStatusCode.Created);

        Assert.Equal($"/api/v1/uploads/{made.Id}", made.Headers["Location"]);
        Assert.Equal((4, 2, 1, 1), Counts(made));
        Assert.Equal("""["nome","telefone","cidade"]""", made["columns"].GetRawText());
        Assert.Equal("São Paulo", made["sample"][0].GetProperty("cidade").GetString());
        Assert.Equal((5, "12"), (made["errors"][0].GetProperty("line").GetInt32(), made["errors"][0].GetProperty("value").GetString()));
        Assert.NotEqual("", made["errors"][0].GetProperty("reason").GetString());
        Assert.False(made["errors_truncated"].GetBoolean());
        Assert.Equal(made.Text, (await api.GetAsync($"/uploads/{made.Id}")).Expect(HttpStatusCode.OK).Text);

        var rows = await RowsAsync(made);
        var contacts = (await api.GetAsync("/contacts"))["items"].EnumerateArray().ToDictionary(c => c.GetProperty("id").GetGuid(), c => c.GetProperty("whatsapp_id").GetString());
        Assert.Equal(["5511988887777", "5521977776666"], rows.Select(r => contacts[r.ContactId.Value]));
        Assert.Equal("Rio", rows[1].Values["cidade"]);
    }

    [Fact]
    public async Task A_list_has_a_number_a_line_or_between_commas()
    {
        var made = (await host.Fresh().SendAsync("POST", "/uploads", "11988887777\n11977776666, 11966665555\nx\n", "text/plain")).Expect(HttpStatusCode.Created);

        Assert.Equal((4, 3, 0, 1), Counts(made));
        Assert.Equal("[]", made["columns"].GetRawText());
    }

    [Theory]
    [InlineData("""{"mode": "list", "text": "11988887777\n11977776666"}""", 2)]
    [InlineData("""{"mode": "csv", "text": "phone;name\n11988887777;Ana"}""", 1)]
    public async Task Json_carries_a_list_or_a_csv(string body, int accepted)
    {
        var made = (await host.Fresh().PostAsync("/uploads", body)).Expect(HttpStatusCode.Created);

        Assert.Equal(accepted, made["accepted"].GetInt32());
    }

    [Theory]
    [InlineData("""{"text": "1"}""", "mode")]
    [InlineData("""{"mode": "xls", "text": "1"}""", "mode")]
    [InlineData("""{"mode": "list"}""", "text")]
    [InlineData("""{"mode": "list", "text": "1", "csv": true}""", "csv")]
    public async Task Json_is_read_strictly(string body, string fault)
    {
        var refused = (await host.Fresh().PostAsync("/uploads", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([fault], refused.Faults);
    }

    [Theory]
    [InlineData("people.csv", "text/csv", null, 2)]
    [InlineData("people.CSV", "application/octet-stream", null, 2)]
    [InlineData("people", "text/csv", null, 2)]
    [InlineData("people.txt", "text/plain", "csv", 2)]
    [InlineData("people.dat", "application/octet-stream", "csv", 2)]
    public async Task A_form_has_one_file_whose_name_or_type_or_mode_tells_its_layout(string name, string type, string? mode, int accepted)
    {
        using var form = Form(name, type, mode);

        var made = (await host.Fresh().SendAsync("POST", "/uploads", form)).Expect(HttpStatusCode.Created);

        Assert.Equal(accepted, made["accepted"].GetInt32());
    }

    [Fact]
    public async Task A_form_without_a_file_or_with_unknown_fields_is_refused_by_name()
    {
        using var empty = new MultipartFormDataContent { { new StringContent("csv"), "mode" }, { new StringContent("x"), "modus" } };

        var refused = (await host.Fresh().SendAsync("POST", "/uploads", empty)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(["modus", "file"], refused.Faults);
    }

    [Fact]
    public async Task A_form_that_is_cut_off_is_no_form()
    {
        var cut = await host.Fresh().SendAsync("POST", "/uploads", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone\r\n119", "multipart/form-data; boundary=b");

        cut.ExpectProblem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("image/png")]
    [InlineData("text/csv; charset=klingon")]
    [InlineData(null)]
    public async Task Any_other_kind_of_body_is_refused(string? type)
    {
        (await host.Fresh().SendAsync("POST", "/uploads", Csv, type)).ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("windows-1252")]
    [InlineData("iso-8859-1")]
    public async Task A_charset_that_is_named_is_read(string charset)
    {
        var encoding = charset == "utf-16" ? new UnicodeEncoding(bigEndian: false, byteOrderMark: false) : Encoding.Latin1;
        using var content = new ByteArrayContent(encoding.GetBytes(Csv));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"text/csv; charset={charset}");

        var made = (await host.Fresh().SendAsync("POST", "/uploads", content)).Expect(HttpStatusCode.Created);

        Assert.Equal("São Paulo", made["sample"][0].GetProperty("cidade").GetString());
    }

    [Theory]
    [InlineData("", "Ana", "bia@example.com")]
    [InlineData("?update_contacts=none", "Ana", null)]
    [InlineData("?update_contacts=fill", "Ana", "bia@example.com")]
    [InlineData("?update_contacts=overwrite", "Outra", "bia@example.com")]
    public async Task Known_contacts_are_left_alone_filled_in_or_overwritten(string query, string name, string? email)
    {
        var api = host.Fresh();
        var known = await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "name": "Ana"}""");

        (await api.SendAsync("POST", "/uploads" + query, "phone,name,email\n11988887777,Outra,bia@example.com\n", "text/csv")).Expect(HttpStatusCode.Created);

        var contact = await api.GetAsync($"/contacts/{known.Id}");
        Assert.Equal((name, email), (contact["name"].GetString(), contact["email"].GetString()));
    }

    [Fact]
    public async Task The_column_of_the_number_can_be_named()
    {
        var api = host.Fresh();

        var made = await api.SendAsync("POST", "/uploads?phone_column=Fone%20dois", "phone,fone dois\n1,11988887777\n", "text/csv");
        var refused = await api.SendAsync("POST", "/uploads?phone_column=fax", "phone,fone dois\n1,11988887777\n", "text/csv");

        Assert.Equal(1, made.Expect(HttpStatusCode.Created)["accepted"].GetInt32());
        Assert.Equal(["phone_column"], refused.ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Equal(["update_contacts"], (await api.SendAsync("POST", "/uploads?update_contacts=all", Csv, "text/csv")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task An_upload_without_anybody_is_still_answered()
    {
        var made = (await host.Fresh().SendAsync("POST", "/uploads", "phone\nx\n", "text/csv")).Expect(HttpStatusCode.Created);

        Assert.Equal((1, 0, 0, 1), Counts(made));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK\u0003\u0004 a workbook")]
    public async Task What_is_no_csv_is_refused_with_the_repair(string body)
    {
        var refused = (await host.Fresh().SendAsync("POST", "/uploads", body, "text/csv")).ExpectProblem(HttpStatusCode.BadRequest);

        Assert.NotEqual("", refused["detail"].GetString());
    }

    [Fact]
    public async Task A_thousand_and_more_rows_are_distinct_over_all_batches()
    {
        var api = host.Fresh();
        var text = new StringBuilder("phone,n\n");
        for (var i = 0; i < 2_500; i++)
        {
            text.Append(CultureInvariant($"55119{i % 2_400:D8},{i}\n"));
        }

        var made = (await api.SendAsync("POST", "/uploads", text.ToString(), "text/csv")).Expect(HttpStatusCode.Created);

        Assert.Equal((2_500, 2_400, 100, 0), Counts(made));
        Assert.Equal(2_400, (await RowsAsync(made)).Count);
        Assert.Equal(5, made["sample"].GetArrayLength());
    }

    [Fact]
    public async Task Errors_are_capped_and_say_so()
    {
        var made = (await host.Fresh().SendAsync("POST", "/uploads", "phone\n" + string.Concat(Enumerable.Repeat("x\n", 1_001)), "text/csv")).Expect(HttpStatusCode.Created);

        Assert.Equal((1_001, 1_000, true), (made["invalid"].GetInt32(), made["errors"].GetArrayLength(), made["errors_truncated"].GetBoolean()));
    }

    [Fact]
    public async Task A_body_larger_than_most_servers_allow_is_taken()
    {
        var api = host.Fresh();
        using var content = new StreamContent(new RepeatedLines("11988887777\n", 40L * 1024 * 1024));
        content.Headers.ContentType = new("text/plain");

        var made = (await api.SendAsync("POST", "/uploads", content)).Expect(HttpStatusCode.Created);

        Assert.Equal(1, made["accepted"].GetInt32());
    }

    [Fact]
    public async Task More_than_256_MB_is_too_large()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
        var head = $"POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {host.Fresh().Organization}:admin\r\nContent-Type: text/csv\r\nContent-Length: {(256 * 1024 * 1024) + 1}\r\n\r\n";
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var answer = new StreamReader(tcp.GetStream());

        Assert.Equal("HTTP/1.1 413 Payload Too Large", await answer.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_upload_is_deleted_by_an_admin_and_its_contacts_stay()
    {
        var api = host.Fresh();
        var made = await api.SendAsync("POST", "/uploads", Csv, "text/csv");

        (await api.As("viewer").SendAsync("POST", "/uploads", Csv, "text/csv")).ExpectProblem(HttpStatusCode.Forbidden);
        (await api.As("operator").DeleteAsync($"/uploads/{made.Id}")).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.Fresh().DeleteAsync($"/uploads/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await api.DeleteAsync($"/uploads/{made.Id}")).Expect(HttpStatusCode.NoContent);

        (await api.GetAsync($"/uploads/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(2, (await api.GetAsync("/contacts"))["total"].GetInt32());
    }

    private static string CultureInvariant(FormattableString text) => FormattableString.Invariant(text);

    private static (int Rows, int Accepted, int Duplicates, int Invalid) Counts(ApiAnswer upload) =>
        (upload["rows"].GetInt32(), upload["accepted"].GetInt32(), upload["duplicates"].GetInt32(), upload["invalid"].GetInt32());

    private static MultipartFormDataContent Form(string name, string type, string? mode)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(Csv));
        file.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var form = new MultipartFormDataContent { { file, "file", name } };
        if (mode is not null)
        {
            form.Add(new StringContent(mode), "mode");
        }

        return form;
    }

    private Task<IReadOnlyList<UploadRow>> RowsAsync(ApiAnswer upload) =>
        host.Store.Uploads.ReadRowsAsync(new(Guid.Parse(upload.Id)), 0, 10_000, TestContext.Current.CancellationToken);
}
