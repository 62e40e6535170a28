using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>Calls the API as one caller.</summary>
public sealed class ApiClient(Uri address, string? organization, string? role)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Organization { get; } = organization ?? "";

    /// <summary>The channel where only templates open a conversation.</summary>
    public string WhatsApp => $"{Organization}-wa";

    /// <summary>The channel without a conversation window.</summary>
    public string Free => $"{Organization}-free";

    public ApiClient As(string role) => new(address, Organization, role);

    public Task<ApiAnswer> GetAsync(string path) => SendAsync("GET", path);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<ApiAnswer> PostAsync(string path, string? json = null, string? key = null) => SendAsync("POST", path, json, key: key);

    public Task<ApiAnswer> PutAsync(string path, string json) => SendAsync("PUT", path, json);

    public async Task<ApiAnswer> SendAsync(string method, string path, string? body = null, string? contentType = "application/json", string? key = null)
    {
        using var content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (content is not null && contentType is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return await SendAsync(method, path, content, key);
    }

    public async Task<ApiAnswer> SendAsync(string method, string path, HttpContent? content, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, "/api/v1" + path)) { Content = content };
        if (role is not null)
        {
            request.Headers.Authorization = new("Bearer", $"{Organization}:{role}");
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new ApiAnswer(response.StatusCode, text, headers);
    }
}

/// <summary>An answer; indexers read its JSON.</summary>
public sealed record ApiAnswer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string Id => Json.GetProperty("id").GetString()!;

    public JsonElement this[string name] => Json.GetProperty(name);

    /// <summary>The names under <c>errors</c> of a problem document.</summary>
    public IEnumerable<string> Faults => this["errors"].EnumerateObject().Select(e => e.Name);

    /// <summary>The first message under <c>errors</c> for a field.</summary>
    public string Fault(string path) => this["errors"].GetProperty(path)[0].GetString()!;

    /// <summary>The answer, which must have this status.</summary>
    public ApiAnswer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {(int)status}, was {(int)Status}: {Text}");
        return this;
    }

    /// <summary>The answer, which must be a problem document of this status.</summary>
    public ApiAnswer ExpectProblem(HttpStatusCode status)
    {
        Expect(status);
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal((int)status, this["status"].GetInt32());
        Assert.NotEqual("", this["title"].GetString());
        return this;
    }
}
