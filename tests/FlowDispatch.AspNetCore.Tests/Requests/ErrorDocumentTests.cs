using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace FlowDispatch.AspNetCore.Tests.Requests;

public sealed class ErrorDocumentTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Valid = """{"name":"Oi","nodes":[{"id":"s","type":"start","next":"e"},{"id":"e","type":"end"}]}""";

    [Fact]
    public async Task Who_is_not_known_is_unauthorized()
    {
        var answer = (await host.Anonymous().GetAsync("/flows")).ExpectProblem(HttpStatusCode.Unauthorized);

        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/flows/x/y/z")]
    [InlineData("")]
    public async Task An_unknown_route_is_not_found(string path)
    {
        (await host.Fresh().GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/flows/abc")]
    [InlineData("/flows/0190a000-0000-7000-8000-000000000000")]
    [InlineData("/flows/validate")]
    public async Task An_id_that_names_nothing_is_not_found(string path)
    {
        (await host.Fresh().GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_wrong_method_is_refused_and_told_the_right_ones()
    {
        var answer = (await host.Fresh().SendAsync("PATCH", "/flows", "{}")).ExpectProblem(HttpStatusCode.MethodNotAllowed);

        Assert.Equal("GET, POST", answer.Headers["Allow"]);
    }

    [Theory]
    [InlineData("{\"name\":")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"name\": \"x\",}")]
    [InlineData("// nothing\n{}")]
    public async Task A_body_that_is_no_json_is_a_bad_request(string body)
    {
        (await host.Fresh().PostAsync("/flows", body)).ExpectProblem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_a_bad_request()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await host.Fresh().SendAsync("POST", "/flows", content)).ExpectProblem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Json_nested_too_deep_is_a_bad_request()
    {
        (await host.Fresh().PostAsync("/flows", new string('[', 100_000))).ExpectProblem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? contentType)
    {
        (await host.Fresh().SendAsync("POST", "/flows", Valid, contentType)).ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=UTF-8")]
    [InlineData("application/merge-patch+json")]
    public async Task A_body_of_json_is_taken(string contentType)
    {
        (await host.Fresh().SendAsync("POST", "/flows", Valid, contentType)).Expect(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_a_mebibyte_is_too_large(bool lengthIsSaid)
    {
        var json = "{\"name\":\"" + new string('x', 1024 * 1024) + "\"}";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        using HttpContent content = lengthIsSaid ? new StreamContent(stream) : new Chunked(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await host.Fresh().SendAsync("POST", "/flows", content)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Every_field_at_fault_is_named()
    {
        var answer = await host.Fresh().PostAsync("/flows", """{"nmae":"Oi","nodes":"none","extra":1}""");

        answer.ExpectProblem(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["extra", "name", "nmae", "nodes"], answer.Faults.Order(StringComparer.Ordinal));
        Assert.Equal("is unknown; did you mean name?", answer.Fault("nmae"));
        Assert.Equal("must be a list of nodes, not a text.", answer.Fault("nodes"));
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b","nodes":[]}""", "name")]
    [InlineData("""{"name":"a\u0000b","nodes":[]}""", "name")]
    [InlineData("""{"name":"a\ud800b","nodes":[]}""", "name")]
    [InlineData("""{"name":"a","nodes":[{"id":"x","id":"y"}]}""", "nodes[0].id")]
    public async Task What_no_store_could_keep_is_refused_by_its_path(string body, string path)
    {
        var answer = (await host.Fresh().PostAsync("/flows", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([path], answer.Faults);
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=x", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=501", "page_size")]
    [InlineData("page=1&page=2", "page")]
    [InlineData("pagesize=3", "pagesize")]
    public async Task A_bad_or_unknown_query_parameter_is_refused(string query, string name)
    {
        var answer = (await host.Fresh().GetAsync("/flows?" + query)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([name], answer.Faults);
    }

    [Fact]
    public async Task An_array_where_an_object_belongs_is_refused()
    {
        var answer = (await host.Fresh().PostAsync("/flows", "[]")).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal("must be an object, not a list.", answer.Fault(""));
    }

    [Fact]
    public async Task What_nobody_expected_tells_the_log_everything_and_the_caller_nothing()
    {
        // The host's own code fails: it knows no such role.
        var answer = (await host.Fresh("secret_role").GetAsync("/flows")).ExpectProblem(HttpStatusCode.InternalServerError);

        var trace = answer["trace_id"].GetString()!;
        Assert.NotEqual("", trace);
        Assert.DoesNotContain("secret_role", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", answer.Text, StringComparison.Ordinal);
        Assert.Contains(host.Logs.Lines, l => l.Contains(trace, StringComparison.Ordinal) && l.Contains("secret_role", StringComparison.Ordinal));
    }

    private sealed class Chunked(Stream stream) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => stream.CopyToAsync(target);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
