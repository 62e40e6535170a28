using FlowDispatch.Sending;
using FlowDispatch.WhatsApp.Errors;
using static FlowDispatch.WhatsApp.Tests.ProviderServer;

namespace FlowDispatch.WhatsApp.Tests.Errors;

public sealed class ErrorClassTests
{
    [Theory]
    [InlineData(0, 3, 10, 102, 104, 190, 200, 210, 299, 131005)]
    [InlineData(33, 368, 131031, 131037, 131042, 131045, 131063, 133010, 134011, 134102)]
    [InlineData(133000, 133005, 133006, 133008, 133009, 133015, 133016, 136024)]
    public async Task Refused_credentials_and_accounts_stop_the_channel(params int[] codes)
    {
        foreach (var code in codes)
        {
            Assert.Equal(Text(code), Assert.IsType<SendResult.ChannelRefused>(await AnsweredAsync(code)).Code);
        }
    }

    [Theory]
    [InlineData(100, 131008, 131009, 131043, 131047, 131051, 131053, 131062, 132005, 132008, 132018, 132021, 135000)]
    [InlineData(130403, 130472, 130497, 131021, 131026, 131030, 131050, 137000)]
    [InlineData(131055, 132000, 132001, 132007, 132012, 132015, 132016, 132068, 134100)]
    [InlineData(131044, 131052, 131060, 138000, 139000, 147001, 300, 424242)]
    public async Task What_can_never_go_is_rejected(params int[] codes)
    {
        foreach (var code in codes)
        {
            Assert.Equal(Text(code), Assert.IsType<SendResult.Rejected>(await AnsweredAsync(code)).Code);
        }
    }

    [Theory]
    [InlineData(1, null, 2)]
    [InlineData(2, null, null)]
    [InlineData(131000, null, 3)]
    [InlineData(131016, null, null)]
    [InlineData(133004, null, null)]
    [InlineData(131056, 6, null)]
    [InlineData(80008, 3600, null)]
    [InlineData(131049, 86400, null)]
    [InlineData(132069, 3600, null)]
    [InlineData(134101, 600, null)]
    [InlineData(2494100, 300, null)]
    public async Task What_passes_for_one_message_is_tried_again(int code, int? seconds, int? maxRetries)
    {
        var failed = Assert.IsType<SendResult.Failed>(await AnsweredAsync(code));

        Assert.Equal(Text(code), failed.Code);
        Assert.Equal(seconds, (int?)failed.RetryAfter?.TotalSeconds);
        Assert.Equal(maxRetries, failed.MaxRetries);
    }

    [Theory]
    [InlineData(4, 60)]
    [InlineData(80007, 60)]
    [InlineData(130429, 2)]
    [InlineData(131048, 3600)]
    [InlineData(131057, 120)]
    [InlineData(131064, 3600)]
    public async Task What_limits_the_whole_number_pauses_it(int code, int seconds)
    {
        Assert.Equal(new SendResult.Throttled(Text(code), TimeSpan.FromSeconds(seconds)), await AnsweredAsync(code));
    }

    [Theory]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(503, "")]
    [InlineData(400, ""","is_transient":true""")]
    public async Task An_unknown_code_is_tried_three_times_more_where_the_answer_says_that_it_passes(int status, string more)
    {
        var failed = Assert.IsType<SendResult.Failed>(await AnsweredAsync(424242, status, more));

        Assert.Equal(("424242", 3), (failed.Code, failed.MaxRetries));
    }

    [Fact]
    public async Task A_missing_object_is_a_mistake_of_the_configuration()
    {
        Assert.IsType<SendResult.ChannelRefused>(await AnsweredAsync(100, more: ""","error_subcode":33"""));
    }

    [Fact]
    public void A_missing_parameter_name_is_a_mistake_of_the_template()
    {
        var error = new WhatsAppError(100, null, false, "Invalid parameter", "Parameter name is missing or empty", null);

        Assert.Equal(WhatsAppErrorClass.PermanentForTemplate, WhatsAppErrors.OfAnswer(error, 400).Class);
        Assert.Equal(WhatsAppErrorClass.PermanentForMessage, WhatsAppErrors.OfAnswer(error with { Details = "other" }, 400).Class);
    }

    [Fact]
    public void A_portfolio_that_was_stopped_says_so_only_in_a_status()
    {
        var error = new WhatsAppError(135000, null, false, "Generic", null, null);

        Assert.Equal(WhatsAppErrorClass.PermanentForMessage, WhatsAppErrors.OfAnswer(error, 400).Class);
        Assert.Equal(WhatsAppErrorClass.ConfigStop, WhatsAppErrors.OfStatus(error).Class);
    }

    private static string Text(int code) => code.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<SendResult> AnsweredAsync(int code, int status = 400, string more = "")
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Error(code, status, more) };
        await using var host = new Host(server.Address);
        return await host.SendAsync();
    }
}
