using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlowDispatch.Sample.Hosting;

namespace FlowDispatch.Sample.Demo;

/// <summary>The demonstration: a thousand people from a CSV file get a personalised message, through the HTTP API like any client's.</summary>
internal sealed class DemoRun(SampleSettings settings, IConfiguration configuration, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private const string AutomationName = "Demonstration";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        using var http = new HttpClient { BaseAddress = new Uri(settings.BaseAddress, "api/v1/") };
        if (configuration["Auth:Tokens:0:Token"] is { Length: > 0 } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        try
        {
            var execution = await UnfinishedAsync(http, stoppingToken);
            if (execution is null)
            {
                execution = await BeginAsync(http, stoppingToken);
            }
            else
            {
                Console.WriteLine("An interrupted run was found; it goes on where it stood.");
            }

            await new DemoProgress(http, time).FollowAsync(execution, stoppingToken);
            PrintNext(execution);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Console.WriteLine("Stopped. What is in flight is finished and recorded; start again to go on.");
        }
        catch (Exception failure) when (failure is HttpRequestException or InvalidOperationException or JsonException)
        {
            Console.Error.WriteLine($"The demonstration could not go on: {failure.Message}");
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private static async Task<string?> UnfinishedAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var automations = await ReadAsync(await http.GetAsync($"flow-automations?query={AutomationName}&page_size=500", cancellationToken), cancellationToken);
        foreach (var automation in automations.GetProperty("items").EnumerateArray())
        {
            var id = automation.GetProperty("id").GetString();
            var executions = await ReadAsync(await http.GetAsync($"flow-automations/{id}/executions?page_size=1", cancellationToken), cancellationToken);
            foreach (var execution in executions.GetProperty("items").EnumerateArray())
            {
                if (execution.GetProperty("status").GetString() is "queued" or "running" or "paused")
                {
                    return execution.GetProperty("id").GetString();
                }
            }
        }

        return null;
    }

    private static async Task<string> BeginAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "demo-contacts.csv");
        await using var csv = File.OpenRead(file);
        using var body = new StreamContent(csv) { Headers = { ContentType = new("text/csv") } };
        var upload = await ReadAsync(await http.PostAsync("uploads", body, cancellationToken), cancellationToken);
        Console.WriteLine(Invariant($"Uploaded {upload.GetProperty("rows")} rows: {upload.GetProperty("accepted")} accepted, {upload.GetProperty("duplicates")} duplicates, {upload.GetProperty("invalid")} invalid"));
        foreach (var error in upload.GetProperty("errors").EnumerateArray())
        {
            Console.WriteLine(Invariant($"  line {error.GetProperty("line")}: {error.GetProperty("reason").GetString()}"));
        }

        var flow = await PostAsync(http, "flows", new
        {
            name = "Demonstration: a template",
            nodes = new object[]
            {
                new { id = "start", type = "start", next = "offer" },
                new
                {
                    id = "offer",
                    type = "template",
                    template = new
                    {
                        name = "autumn_discount",
                        language = "pt_BR",
                        parameters = new { customer_name = "{{customer_name}}", discount = "{{discount}}", city = "{{city}}" },
                    },
                    next = "end",
                },
                new { id = "end", type = "end" },
            },
        }, cancellationToken);

        var numbers = await ReadAsync(await http.GetAsync("whatsapp-numbers", cancellationToken), cancellationToken);
        var number = numbers.GetProperty("items").EnumerateArray().FirstOrDefault();
        if (number.ValueKind == JsonValueKind.Undefined)
        {
            throw new InvalidOperationException("This organization has no WhatsApp number; configure one in WhatsApp:Numbers.");
        }

        var automation = await PostAsync(http, "flow-automations", new
        {
            name = AutomationName,
            flow_id = flow.GetProperty("id").GetString(),
            whatsapp_number_id = number.GetProperty("id").GetString(),
            audience_type = "uploaded",
            audience_config = new { upload_id = upload.GetProperty("id").GetString() },
            variable_mapping = new { customer_name = "{{ contact.name }}", discount = "20%", city = "{{ row.cidade | default: \"sua cidade\" }}" },
            rate_limit_per_hour = (int?)null,
        }, cancellationToken);

        var execution = await PostAsync(http, $"flow-automations/{automation.GetProperty("id").GetString()}/start", new { }, cancellationToken);
        return execution.GetProperty("id").GetString()!;
    }

    private void PrintNext(string execution)
    {
        var api = new Uri(settings.BaseAddress, "api/v1/");
        Console.WriteLine();
        Console.WriteLine("Where to look next (this process keeps serving; Ctrl+C stops it):");
        Console.WriteLine($"  curl {api}executions/{execution}/verify");
        Console.WriteLine($"  curl '{api}executions/{execution}/recipients?status=read&page_size=3'");
        Console.WriteLine($"  curl '{api}executions/{execution}/export?format=csv'");
        if (settings.UsesSimulator)
        {
            Console.WriteLine($"  curl '{new Uri(settings.BaseAddress, "simulator/_simulator/stats")}'   # what the simulated provider saw");
        }

        Console.WriteLine($"  {new Uri(settings.BaseAddress, "openapi/v1.json")}");
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await ReadAsync(await http.PostAsync(path, content, cancellationToken), cancellationToken);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
                : throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
